"""Signs somebody in with Authlib, which knows no more of us than the RFCs and OpenID Connect.

Reads two lines of JSON: what the application is registered with, and, once it has written the URL that it
would open in a browser, where that browser was sent back to. Then it writes what it got.
"""

import json
import os
import sys

os.environ["AUTHLIB_INSECURE_TRANSPORT"] = "1"  # the service of a test has no certificate

import requests
from authlib.common.security import generate_token
from authlib.integrations.requests_client import OAuth2Session
from authlib.jose import JsonWebKey, JsonWebToken
from authlib.oidc.core import CodeIDToken
from authlib.oidc.discovery import OpenIDProviderMetadata

MAX_AGE = 600


def get(url):
    answer = requests.get(url, timeout=10)
    answer.raise_for_status()
    return answer.json()


def write(value):
    print(json.dumps(value), flush=True)


def refusal(attempt, *arguments):
    """What the error is called that has to come; None when it does not."""
    try:
        attempt(*arguments)
    except Exception as error:
        return getattr(error, "error", None) or type(error).__name__
    return None


application = json.loads(sys.stdin.readline())
issuer, client_id = application["issuer"], application["client_id"]
server = OpenIDProviderMetadata(get(issuer + "/.well-known/openid-configuration"))
server.validate()
session = OAuth2Session(
    client_id,
    application["client_secret"],
    scope=application["scope"],
    redirect_uri=application["redirect_uri"],
    code_challenge_method="S256",
)
verifier, nonce = generate_token(48), generate_token()
url, state = session.create_authorization_url(
    server["authorization_endpoint"], code_verifier=verifier, nonce=nonce, max_age=MAX_AGE
)
write({"url": url})
back = json.loads(sys.stdin.readline())["url"]


def trade():
    return session.fetch_token(
        server["token_endpoint"], authorization_response=back, state=state, code_verifier=verifier
    )


token = dict(trade())
keys = JsonWebKey.import_key_set(get(server["jwks_uri"]))


def verify(text, nonce):
    claims = JsonWebToken([application["id_token_alg"]]).decode(
        text,
        key=keys,
        claims_cls=CodeIDToken,
        claims_options={
            "iss": {"essential": True, "value": issuer},
            "aud": {"essential": True, "value": client_id},
            "at_hash": {"essential": True},
        },
        claims_params={
            "client_id": client_id,
            "nonce": nonce,
            "max_age": MAX_AGE,
            "access_token": token["access_token"],
        },
    )
    claims.validate()
    return claims


def changed(text):
    head, payload, signature = text.split(".")
    return ".".join((head, payload, ("B" if signature[0] == "A" else "A") + signature[1:]))


def userinfo():
    answer = session.get(server["userinfo_endpoint"])
    answer.raise_for_status()
    return answer.json()


claims = verify(token["id_token"], nonce)
person = userinfo()
refreshed = dict(session.refresh_token(server["token_endpoint"]))
write(
    {
        "claims": claims,
        "person": person,
        "person_after_refresh": userinfo(),
        "rotated": refreshed["refresh_token"] != token["refresh_token"],
        "refusals": {
            "another nonce": refusal(verify, token["id_token"], "another"),
            "another signature": refusal(verify, changed(token["id_token"]), nonce),
            "the code again": refusal(trade),
        },
    }
)
