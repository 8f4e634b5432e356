"""moto's S3 server, with one user who may do everything in one bucket.

Prints {"endpoint", "id", "secret", "bucket"} once it listens, and ends with its standard input. Credentials are checked
from the moment on that somebody posts 0 to /moto-api/reset-auth.
"""

import json
import sys

import boto3
from moto.server import ThreadedMotoServer

server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
server.start()
host, port = server.get_host_and_port()
endpoint = f"http://{host}:{port}"
at = {
    "endpoint_url": endpoint,
    "region_name": "us-east-1",
    "aws_access_key_id": "nobody",
    "aws_secret_access_key": "nothing",
}
iam = boto3.client("iam", **at)
iam.create_user(UserName="marquee")
allowed = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}
iam.put_user_policy(UserName="marquee", PolicyName="publish", PolicyDocument=json.dumps(allowed))
key = iam.create_access_key(UserName="marquee")["AccessKey"]
boto3.client("s3", **at).create_bucket(Bucket="marquee-models")
print(
    json.dumps(
        {"endpoint": endpoint, "id": key["AccessKeyId"], "secret": key["SecretAccessKey"], "bucket": "marquee-models"}
    ),
    flush=True,
)
sys.stdin.read()
