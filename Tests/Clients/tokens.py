"""An identity provider for tests: tokens signed with RSA, by arithmetic alone.

The key exists for tests only; it is no secret.
"""

import base64
import hashlib
import json
import time

MODULUS = int(
    "93c198879d01a4dbbc7bc979f9613a55b802b2eaaef6591552ccf560ffbcee8afeee9211cae98b8f99a9f96d55cb282c557d8712276ac9"
    "d1918cad24f4ffeb16e8ff07055ff4658c26e4a2953a74624b49f4d69cadf2718e6a0e21ba002382c4117c4380147c7a66fb334ebea2e1"
    "8688484f061289ef847a4f33d1558283c41da05662cc21e1b110ca3d7d5a14b82b25366fe72b92ac234b6a9a9798f4e06ecfd306cf7c0d"
    "b55204263c8f7f9be837e6f68c10e6358716be6606ab32bdb88b692818fb02a7e516dc4e0564e06dff122eec6c918b32a6157f5a95a128"
    "424c395f71ccd2e49588efbdd408a32e3cf042a4ce3d3e7e1846d98d1243ce20dd7f89bf", 16)
EXPONENT = int(
    "fbd9107e96efd116246a1a90fd5b971864a80a59b0152c38070508d067c29c1699fcab48089aebcc68c4d591b745566f1033aba1c098bf"
    "9cfbd4d2361c24858c6cb87039de6f05124ece31bc3556b5f45400303954da85143f5161cb58512ef864401ab89add51b0169c4301a340"
    "25bf9b009753ccd3a5a0e9ea0e4b0cf0ebb9bcc75826b91788361e6aefa9fbe83294cd8eabde84c6fab24420007a1588253f4c1f0a46b7"
    "80c94c5a0743ea6eba7c1d8549e0f3c5cfd083c88ad0c404b73b6f690f302293486642e66cb91608016ddcd54c5bc3c48b1e398bc2035c"
    "2f196ac4bbbf97ee3935512c84d44df173c1c06e2d5e19f03ece5d76c51102e6d6a5cc1", 16)
PREFIX = bytes.fromhex("3031300d060960864801650304020105000420")  # PKCS #1: what comes before a SHA-256


def text(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def key_set():
    """The public half, as providers publish it."""
    return json.dumps({"keys": [
        {"kty": "RSA", "kid": "test", "use": "sig", "alg": "RS256", "n": text(MODULUS.to_bytes(256, "big")), "e": "AQAB"}]})


def token(issuer, subject, audience, lasts=600, algorithm="RS256", **claims):
    """A token as a provider makes one."""
    now = int(time.time())
    payload = {"iss": issuer, "sub": subject, "aud": audience, "iat": now, "exp": now + lasts, **claims}
    header = {"alg": algorithm, "kid": "test", "typ": "JWT"}
    signed = text(json.dumps(header).encode()) + "." + text(json.dumps(payload).encode())
    digest = PREFIX + hashlib.sha256(signed.encode()).digest()
    block = b"\x00\x01" + b"\xff" * (256 - 3 - len(digest)) + b"\x00" + digest
    signature = pow(int.from_bytes(block, "big"), EXPONENT, MODULUS).to_bytes(256, "big")
    return f"{signed}.{text(signature)}"
