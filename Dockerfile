FROM python:3.12-slim

ENV PYTHONUNBUFFERED=1 PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
WORKDIR /app
RUN useradd --system --uid 10001 --no-create-home dashboard

COPY requirements.lock .
RUN pip install --require-hashes --requirement requirements.lock

COPY . .
RUN SECRET_KEY=only-for-collecting python manage.py collectstatic --noinput --verbosity 0

USER dashboard
ENV BIND=0.0.0.0:8000
EXPOSE 8000
CMD ["gunicorn", "dashboard.wsgi"]
