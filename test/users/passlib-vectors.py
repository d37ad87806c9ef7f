"""Makes passlib-vectors.json: hashes as a FastAPI application's database holds them.

Run it from anywhere; it writes beside itself, and the same bytes every time:

    apt-get install python3-passlib python3-bcrypt
    /usr/bin/python3 test/users/passlib-vectors.py

Made with passlib 1.7.4 and bcrypt 3.2.2 (Debian 12). bcrypt 4 and later have lost the attribute
that passlib asks for its version, and bcrypt 5 refuses what passlib tries at its start.
"""

import hashlib
import json
import pathlib
import unicodedata

from passlib.context import CryptContext
from passlib.hash import bcrypt, bcrypt_sha256

PASSWORDS = {
    "ascii": "correct-horse-battery-staple",
    "empty": "",
    "e acute, NFC": unicodedata.normalize("NFC", "caf\u00e9"),
    "e acute, NFD": unicodedata.normalize("NFD", "caf\u00e9"),
    "64 emoji": "\U0001f511" * 64,
    "72 bytes": "a" * 72,
    "73 bytes": "a" * 72 + "b",
    "300 characters": "0123456789" * 30,
    "spaces": "  a password with  spaces ",
    "1,000 characters": "\u00fcber " * 200,
}

SCHEMES = {
    "bcrypt_sha256 v2 2b": lambda **use: bcrypt_sha256.using(**use),
    "bcrypt_sha256 v1 2b": lambda **use: bcrypt_sha256.using(version=1, ident="2b", **use),
    "bcrypt_sha256 v1 2a": lambda **use: bcrypt_sha256.using(version=1, ident="2a", **use),
    "bcrypt 2a": lambda **use: bcrypt.using(ident="2a", **use),
    "bcrypt 2b": lambda **use: bcrypt.using(ident="2b", **use),
    "bcrypt 2y": lambda **use: bcrypt.using(ident="2y", **use),
}


def salt_for(name):
    """22 characters that depend on the name only; the last one has no unused bits."""
    alphabet = "./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
    seed = hashlib.sha256(name.encode()).digest()
    return "".join(alphabet[byte % 64] for byte in seed[:21]) + ".Oeu"[seed[21] % 4]


def vector(scheme, about, password, hashed):
    return {"scheme": scheme, "about": about, "password": password, "hash": hashed}


vectors = []
for scheme, handler in SCHEMES.items():
    for number, (about, password) in enumerate(PASSWORDS.items()):
        salt = salt_for(f"{scheme}/{about}")
        made = handler(rounds=4 + number % 3, salt=salt).hash(password)
        vectors.append(vector(scheme, about, password, made))

# The tutorial's own lines, before FastAPI moved to pwdlib.
pwd_context = CryptContext(schemes=["bcrypt"], deprecated="auto")
johndoe = "$2b$12$EixZaYVK1fsbw1ZfbX3OXePaWxn96p36WQoeG6Lruj3vjPGga31lW"
assert pwd_context.verify("secret", johndoe)
vectors.append(vector("bcrypt 2b", "johndoe of FastAPI's tutorial", "secret", johndoe))
made = pwd_context.hash("secret", salt=salt_for("tutorial"), rounds=5)
vectors.append(vector("bcrypt 2b", "CryptContext of FastAPI's tutorial", "secret", made))

target = pathlib.Path(__file__).with_suffix(".json")
target.write_text(json.dumps(vectors, indent=2) + "\n", encoding="ascii")
print(f"{len(vectors)} vectors in {target}")
