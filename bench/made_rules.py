#!/usr/bin/env python3
"""made_rules.py COUNT: Sigma rules for CloudTrail on stdout, in the mixture of the public ones.

Of a hundred, 84 name a service and a call (a third of them with a wildcard), 6 a service only, and
10 neither: they look at the user agent, the error, the type of identity. Three of a hundred calls
that are named are common in the logs that make_logs writes. None hits: what hits cost is not measured.
"""
import random
import sys

COMMON = [("s3", "GetObject"), ("s3", "PutObject"), ("ec2", "DescribeInstances"),
          ("sts", "AssumeRole"), ("dynamodb", "GetItem"), ("monitoring", "GetMetricData"),
          ("logs", "CreateLogStream"), ("rds", "DescribeDBInstances")]
SERVICES = ["iam", "kms", "ec2", "s3", "rds", "eks", "ecs", "glue", "athena", "route53", "guardduty",
            "cloudtrail", "config", "sns", "sqs", "ssm", "secretsmanager", "lambda", "organizations"]
VERBS = ["Create", "Update", "Delete", "Put", "Attach", "Detach", "Modify", "Disable", "Stop"]
NOUNS = ["Policy", "Role", "Key", "Detector", "Table", "Snapshot", "Cluster", "Rule", "Secret",
         "Domain", "Trail", "Bucket", "Task", "Endpoint", "Account"]
TOOLS = ["pacu", "kali", "parrot", "pentoo", "nimbostratus", "scoutsuite", "prowler", "s3browser"]
ERRORS = ["AccessDenied", "Client.UnauthorizedOperation", "InvalidClientTokenId"]


def call(rng):
    if rng.random() < 0.03:
        return rng.choice(COMMON)
    return rng.choice(SERVICES), rng.choice(VERBS) + rng.choice(NOUNS)


def selection(rng, i):
    kind = i % 100
    service, name = call(rng)
    lines = []
    if kind < 90:
        lines.append(f"eventSource: {service}.amazonaws.com")
    if kind < 56:
        names = [name] + [rng.choice(VERBS) + rng.choice(NOUNS) for _ in range(rng.randrange(3))]
        lines.append(f"eventName: [{', '.join(names)}]")
    elif kind < 84:
        lines.append(f"eventName|startswith: {name[:-2]}")
    if kind < 90 and (rng.random() < 0.4 or (service, name) in COMMON or kind >= 84):
        field = rng.choice(["userAgent", "requestParameters.policyArn", "requestParameters.name", "errorMessage"])
        lines.append(f"{field}|contains: x{i}y")
    if 90 <= kind < 94:
        lines.append(f"userAgent|contains: {rng.choice(TOOLS)}{i}")
    elif 94 <= kind < 97:
        lines.append(f"errorCode: {rng.choice(ERRORS)}")
        lines.append(f"userIdentity.userName: user-{i}")
    elif kind >= 97:
        lines.append("userIdentity.type: Root")
        lines.append(f"sourceIPAddress: 198.51.100.{i % 250}")
    return lines


def main():
    rng = random.Random(11)
    for i in range(int(sys.argv[1])):
        print(f"title: made rule {i}\nid: made-{i}\nlogsource: {{product: aws, service: cloudtrail}}")
        print("detection:\n  selection:")
        for line in selection(rng, (i * 37) % 1000):
            print(f"    {line}")
        print("  condition: selection\nlevel: low\n---")


main()
