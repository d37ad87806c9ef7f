"""Makes foreign-vectors.json: hashes as the databases of FastAPI's and Django's applications hold them.

Run it from anywhere; it writes beside itself, and the same bytes every time:

    apt-get install python3-argon2 python3-bcrypt python3-django
    /usr/bin/python3 test/users/foreign-vectors.py

Made with argon2-cffi 21.1.0, bcrypt 3.2.2 and Django 3.2.25 (Debian 12). Where defaults have changed since,
the ones of today are given: argon2-cffi's of pwdlib's PasswordHash.recommended(), Django 5.2's iterations.
"""

import hashlib
import json
import pathlib
import unicodedata

import django
from argon2 import PasswordHasher
from argon2.low_level import Type, hash_secret
from django.conf import settings
from django.contrib.auth import hashers

settings.configure(USE_I18N=False)
django.setup()

PASSWORDS = {
    "ascii": "correct-horse-battery-staple",
    "e acute, NFC": unicodedata.normalize("NFC", "caf\u00e9"),
    "e acute, NFD": unicodedata.normalize("NFD", "caf\u00e9"),
    "NUL inside": "a\0b",
    "300 characters": "0123456789" * 30,
    "spaces": "  a password with  spaces ",
}


def salt_for(name, length=16):
    return hashlib.sha256(name.encode()).hexdigest()[:length]


def argon2(password, salt, kind=Type.ID, memory=64, passes=1, lanes=1, length=32):
    made = hash_secret(
        password.encode(), salt.encode(), passes, memory, lanes, length, kind
    ).decode()
    assert PasswordHasher(type=kind).verify(made, password)
    return made


def pbkdf2(hasher, password, salt, iterations=1000):
    return hasher.encode(password, salt, iterations)


def bcrypt(hasher, password, name, rounds=4):
    alphabet = "./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
    seed = hashlib.sha256(name.encode()).digest()
    salt = "".join(alphabet[byte % 64] for byte in seed[:21]) + ".Oeu"[seed[21] % 4]
    return hasher.encode(password, f"$2b${rounds:02}${salt}".encode())


def django_argon2(password, salt):
    """As Django 5.2 has its own defaults: 100 MiB, 2 passes, 8 lanes."""
    hasher = hashers.Argon2PasswordHasher()
    made = hasher.encode(password, salt)
    assert hasher.verify(password, made)
    return made


SCHEMES = {
    "argon2id": lambda password, name: argon2(password, salt_for(name)),
    "argon2i": lambda password, name: argon2(password, salt_for(name), Type.I),
    "argon2d": lambda password, name: argon2(password, salt_for(name), Type.D, 128, 2, 4, 16),
    "pbkdf2_sha256": lambda password, name: pbkdf2(
        hashers.PBKDF2PasswordHasher(), password, salt_for(name, 22)
    ),
    "pbkdf2_sha1": lambda password, name: pbkdf2(
        hashers.PBKDF2SHA1PasswordHasher(), password, salt_for(name, 12)
    ),
    "django bcrypt_sha256": lambda password, name: bcrypt(
        hashers.BCryptSHA256PasswordHasher(), password, name
    ),
    "django bcrypt": lambda password, name: bcrypt(
        hashers.BCryptPasswordHasher(), password, name
    ),
}

# Plain bcrypt reads 72 bytes and no NUL; passlib's vectors show what becomes of longer passwords.
PLAIN = ["django bcrypt"]


def vector(scheme, about, password, hashed):
    return {"scheme": scheme, "about": about, "password": password, "hash": hashed}


vectors = []
for scheme, make in SCHEMES.items():
    for about, password in PASSWORDS.items():
        if scheme in PLAIN and ("\0" in password or len(password.encode()) > 72):
            continue
        made = make(password, f"{scheme}/{about}")
        vectors.append(vector(scheme, about, password, made))

word = PASSWORDS["ascii"]
recommended = argon2(word, salt_for("pwdlib"), Type.ID, 65536, 3, 4)
assert recommended.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
vectors.append(vector("argon2id", "pwdlib's PasswordHash.recommended()", word, recommended))
made = django_argon2(word, salt_for("django argon2", 22))
vectors.append(vector("django argon2", "Django's Argon2PasswordHasher", word, made))
made = pbkdf2(hashers.PBKDF2PasswordHasher(), word, salt_for("django", 22), 1_000_000)
vectors.append(vector("pbkdf2_sha256", "Django's default, 1,000,000 iterations", word, made))
made = bcrypt(hashers.BCryptSHA256PasswordHasher(), word, "django bcrypt", 12)
vectors.append(vector("django bcrypt_sha256", "Django's BCryptSHA256PasswordHasher", word, made))

target = pathlib.Path(__file__).with_suffix(".json")
target.write_text(json.dumps(vectors, indent=2) + "\n", encoding="ascii")
print(f"{len(vectors)} vectors in {target}")
