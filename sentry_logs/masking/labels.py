"""Names of fields, and what they say about their value."""

from __future__ import annotations

import re

_WORDS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+")


def words(text: str) -> frozenset[str]:
    return frozenset(text.split())


NAMES = words(
    "firstname lastname fullname givenname familyname surname middlename maidenname callername "
    "customername clientname patientname contactname guestname personname attendeename membername "
    "displayname username nickname holdername cardholder customer patient caller guest attendee insured "
    "spouse parent child"
)
EMAILS = words("email mail emailaddress mailaddress useremail customeremail contactemail")
NUMBERS = words(
    "phone phonenumber mobile mobilenumber tel telephone telephonenumber cell cellphone msisdn ani dnis "
    "fax fromnumber tonumber callernumber callerid callbacknumber callback contactnumber customernumber "
    "from to calledparty callingparty"
)
ADDRESSES = words(
    "address street streetaddress addressline postcode postalcode zip zipcode homeaddress city "
    "ipaddress clientip remoteaddr userip"
)
SECRETS = words(
    "password passwd secret token apikey authorization cookie pin cvv cvc ssn nationalid taxid passport "
    "passportnumber nhsnumber insurancenumber policynumber membernumber iban accountnumber cardnumber "
    "dob dateofbirth birthdate birthday"
)


def meaning(label: str) -> str:
    """Return name, email, number, address or detail for a field of personal data, else an empty text."""
    word = "".join(_WORDS.findall(label)).lower()
    for known, kind in (
        (NAMES, "name"),
        (EMAILS, "email"),
        (NUMBERS, "number"),
        (ADDRESSES, "address"),
        (SECRETS, "detail"),
    ):
        if word in known:
            return kind
    return ""
