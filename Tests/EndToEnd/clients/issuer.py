"""Signs in users of its own and publishes its keys, as a third party does.

usage: issuer.py FOLDER
"""

import http.server
import json
import os
import sys

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

folder = sys.argv[1]
os.makedirs(folder)
key, other = (rsa.generate_private_key(public_exponent=65537, key_size=2048) for _ in range(2))
published = jwt.algorithms.RSAAlgorithm.to_jwk(key.public_key(), as_dict=True)
published.update(kid="one", use="sig", alg="RS256")


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        documents = {
            "/.well-known/openid-configuration": {"issuer": url, "jwks_uri": f"{url}/keys"},
            "/keys": {"keys": [published]},
        }
        document = documents.get(self.path)
        body = json.dumps(document).encode()
        self.send_response(200 if document else 404)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
url = f"http://127.0.0.1:{server.server_address[1]}"
claims = {
    "iss": url,
    "sub": "00000000-0000-4000-8000-00000000000c",
    "role": "authenticated",
    "exp": 4102444800,
}
for name, signer, changed in [
    ("ours", key, {}),
    ("others", key, {"iss": "http://127.0.0.1:1"}),
    ("forged", other, {}),
]:
    token = jwt.encode({**claims, **changed}, signer, algorithm="RS256", headers={"kid": "one"})
    with open(f"{folder}/{name}", "w") as file:
        file.write(token)
with open(f"{folder}/url.new", "w") as file:
    file.write(url)
os.rename(f"{folder}/url.new", f"{folder}/url")
server.serve_forever()
