# SPDX-License-Identifier: Apache-2.0
# Reads a container with another implementation of COSE, pycose: update_check.py FILE PUBLIC_KEY prints whether the signature is right, and
# the manifest.

import io
import json
import sys

import cbor2
from pycose.keys import OKPKey
from pycose.keys.curves import Ed25519
from pycose.messages import CoseMessage

with open(sys.argv[1], "rb") as file:
    data = file.read()
stream = io.BytesIO(data)
decoder = cbor2.CBORDecoder(stream)
decoder.decode()
head_bytes = stream.tell()
module = decoder.decode()
message = CoseMessage.decode(data[:head_bytes])
message.key = OKPKey(crv=Ed25519, x=bytes.fromhex(sys.argv[2]))
manifest = {key: value.hex() if isinstance(value, bytes) else value for key, value in cbor2.loads(message.payload).items()}
print(json.dumps({"verified": message.verify_signature(), "manifest": manifest, "module": len(module), "end": stream.tell() == len(data)}))
