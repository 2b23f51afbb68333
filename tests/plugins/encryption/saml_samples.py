"""SAML 2.0 assertions as an issuer makes them: a template, signed by signxml or by xmlsec."""

from __future__ import annotations

import base64
import datetime
import secrets

import signxml
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from lxml import etree

SAML = "urn:oasis:names:tc:SAML:2.0:assertion"
WSSE = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"
ISSUER, AUDIENCE = "https://idp.example", "urn:gateway"
CONFIRMED = "urn:oasis:names:tc:SAML:2.0:cm:"


def moment(seconds):
    found = datetime.datetime.fromtimestamp(seconds, datetime.UTC)
    return found.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def holder(certificate):
    """What a confirmation says of a key by its certificate."""
    der = base64.b64encode(certificate.public_bytes(Encoding.DER)).decode()
    return (
        f"<ds:KeyInfo xmlns:ds='http://www.w3.org/2000/09/xmldsig#'><ds:X509Data><ds:X509Certificate>{der}"
        "</ds:X509Certificate></ds:X509Data></ds:KeyInfo>"
    )


def key_value(public):
    """The same by its numbers."""
    numbers = public.public_numbers()
    modulus, exponent = (
        base64.b64encode(each.to_bytes((each.bit_length() + 7) // 8, "big")).decode() for each in (numbers.n, numbers.e)
    )
    return (
        "<ds:KeyInfo xmlns:ds='http://www.w3.org/2000/09/xmldsig#'><ds:KeyValue><ds:RSAKeyValue>"
        f"<ds:Modulus>{modulus}</ds:Modulus><ds:Exponent>{exponent}</ds:Exponent>"
        "</ds:RSAKeyValue></ds:KeyValue></ds:KeyInfo>"
    )


def confirmation(method="bearer", data="", attributes="", more=""):
    return (
        f'<saml:SubjectConfirmation Method="{CONFIRMED}{method}">{more}'
        f"<saml:SubjectConfirmationData {attributes}>{data}</saml:SubjectConfirmationData></saml:SubjectConfirmation>"
    )


def text(
    now, *, id="", issuer=ISSUER, name="anna", confirmed="", conditions=None, begins=-5, ends=300, audience=AUDIENCE,
    version="2.0", statements=None, issued=0, one_time=False,
):  # fmt: skip
    """An assertion without its signature."""
    if conditions is None:
        conditions = f"<saml:AudienceRestriction><saml:Audience>{audience}</saml:Audience></saml:AudienceRestriction>"
    conditions += "<saml:OneTimeUse/>" if one_time else ""
    if statements is None:
        statements = (
            "<saml:AttributeStatement><saml:Attribute Name='mail'><saml:AttributeValue "
            "xmlns:xs='http://www.w3.org/2001/XMLSchema' xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance' "
            "xsi:type='xs:string'>anna@example</saml:AttributeValue></saml:Attribute></saml:AttributeStatement>"
        )
    until = "" if ends is None else f' NotOnOrAfter="{moment(now + ends)}"'
    return (
        f'<saml:Assertion xmlns:saml="{SAML}" ID="{id or "_" + secrets.token_hex(8)}" Version="{version}" '
        f'IssueInstant="{moment(now + issued)}"><saml:Issuer>{issuer}</saml:Issuer>'
        f"<saml:Subject><saml:NameID>{name}</saml:NameID>{confirmed or confirmation()}</saml:Subject>"
        f'<saml:Conditions NotBefore="{moment(now + begins)}"{until}>{conditions}</saml:Conditions>{statements}'
        "</saml:Assertion>"
    )


def signed(words, key, certificate, *, algorithm="rsa-sha256", digest="sha256", canonical=None):
    """Signed as an issuer does it, by signxml: enveloped, behind the Issuer."""
    root = etree.fromstring(words)
    place = etree.Element("{http://www.w3.org/2000/09/xmldsig#}Signature", nsmap={"ds": "http://www.w3.org/2000/09/xmldsig#"}, Id="placeholder")  # fmt: skip
    root.insert(1, place)
    form = canonical or "http://www.w3.org/2001/10/xml-exc-c14n#"
    signer = signxml.XMLSigner(
        signature_algorithm=algorithm, digest_algorithm=digest, c14n_algorithm=form
    )  # fmt: skip
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    made = signer.sign(
        root, key=pem, cert=certificate.public_bytes(Encoding.PEM).decode(), reference_uri=f"#{root.get('ID')}",
        id_attribute="ID",
    )  # fmt: skip
    return etree.tostring(made)


def signed_by_xmlsec(words, key, *, prefixes=""):
    """The same by xmlsec (of the interop extra), without KeyInfo, with an inclusive prefix list where one is given."""
    import xmlsec  # not there in `make test`

    root = etree.fromstring(words)
    node = xmlsec.template.create(
        root, xmlsec.constants.TransformExclC14N, xmlsec.constants.TransformRsaSha256, ns="ds"
    )
    root.insert(1, node)
    reference = xmlsec.template.add_reference(node, xmlsec.constants.TransformSha256, uri=f"#{root.get('ID')}")
    xmlsec.template.add_transform(reference, xmlsec.constants.TransformEnveloped)
    last = xmlsec.template.add_transform(reference, xmlsec.constants.TransformExclC14N)
    if prefixes:
        etree.SubElement(last, "{http://www.w3.org/2001/10/xml-exc-c14n#}InclusiveNamespaces", PrefixList=prefixes)
    context = xmlsec.SignatureContext()
    context.register_id(root, "ID")
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    context.key = xmlsec.Key.from_memory(pem, xmlsec.constants.KeyDataFormatPem)
    context.sign(node)
    return etree.tostring(root)
