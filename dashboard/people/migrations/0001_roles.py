from django.db import migrations, models

from dashboard.people.roles import RIGHTS, Role, codename


def give_everybody_a_role(apps, schema_editor):
    """Whoever could open the dashboard still can. The rights of the roles are kept after each migrate."""
    using = schema_editor.connection.alias
    Group = apps.get_model("auth", "Group")
    User = apps.get_model("auth", "User")
    groups = {role: Group.objects.using(using).get_or_create(name=role.value)[0] for role in Role}
    for user in User.objects.using(using).exclude(groups__name__in=[*Role]).iterator():
        is_admin = user.is_superuser or user.is_staff
        user.groups.add(groups[Role.ADMINISTRATOR if is_admin else Role.AGENT])


class Migration(migrations.Migration):
    initial = True
    dependencies = [("auth", "0012_alter_user_first_name_max_length")]
    operations = [
        migrations.CreateModel(
            name="Right",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"))
            ],
            options={
                "managed": False,
                "default_permissions": (),
                "permissions": [(codename(right), label) for right, label in RIGHTS.items()],
            },
        ),
        migrations.RunPython(give_everybody_a_role, migrations.RunPython.noop),
    ]
