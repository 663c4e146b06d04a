"""make.py - an organisation's ordinary week: what people, CI, on-call, vendors and scanners do.

make_logs gives the mass of CloudTrail; this adds the work, with the change records, builds, people and
settings that such an organisation has. Shapes are the providers' documented ones; every value is made
up: documentation address ranges, account ids of the AWS documentation. The same in every run.
"""
import base64
import datetime
import hashlib
import json
import random
import uuid

BEGIN = datetime.datetime(2026, 11, 16, tzinfo=datetime.timezone.utc)
DAYS = 5
PROD, DATA = "111122223333", "444455556666"
REGION = "eu-west-1"
ZONE, CF = "0a1b2c3d4e5f60718293a4b5c6d7e8f9", "f9e8d7c6b5a493827160f5e4d3c2b1a0"
PROJECT = "acme-prod"
TEAMS = {  # team -> repository, functions, people
    "orders": ("acme/orders", ["orders-export", "cart-events", "stock-levels"], ["kofi.a", "bo.k", "elin.s"]),
    "payments": ("acme/pay", ["payments-webhook", "fraud-score", "tax-rates"], ["farid.h", "ada.n", "milo.c"]),
    "media": ("acme/media", ["thumbnails", "image-resize"], ["pia.j", "wim.q"]),
    "search": ("acme/search", ["search-index", "geo-lookup", "feed-import"], ["omar.g", "sven.d"]),
    "platform": ("acme/platform", ["audit-forward", "session-cleanup"], ["grace.o", "lena.b"]),
}
BOSS = "lena.b"


def mail(name):
    return f"{name}@acme.example"


def stamp(t):
    return t.strftime("%Y-%m-%dT%H:%M:%SZ")


class Week:
    def __init__(self, seed):
        self.random = random.Random(seed)
        self.lines, self.changes, self.builds, self.work = [], [], [], 0
        self.code, self.version = {}, {}
        self.number = 31000

    # ---- texts ----

    def uuid(self):
        return str(uuid.UUID(int=self.random.getrandbits(128), version=4))

    def hex(self, n):
        return "".join(self.random.choice("0123456789abcdef") for _ in range(n))

    def key(self, seed):
        digest = base64.b32encode(hashlib.sha256(seed.encode()).digest()).decode()
        return "ASIA" + digest[:16]

    def at(self, day, hour, minute=0):
        return BEGIN + datetime.timedelta(days=day, hours=hour, minutes=minute, seconds=self.random.randrange(50))

    # ---- CloudTrail ----

    def person(self, name, day, account=PROD):
        role = "AWSReservedSSO_Developer_0a1b2c3d4e5f6a7b"
        arn = f"arn:aws:iam::{account}:role/aws-reserved/sso.amazonaws.com/{REGION}/{role}"
        return {"type": "AssumedRole", "principalId": f"AROA2DEVELOPER7EXAMPL:{mail(name)}",
                "arn": f"arn:aws:sts::{account}:assumed-role/{role}/{mail(name)}", "accountId": account,
                "accessKeyId": self.key(f"{name}{day}"),
                "sessionContext": {"sessionIssuer": {"type": "Role", "principalId": "AROA2DEVELOPER7EXAMPL", "arn": arn,
                                                     "accountId": account, "userName": role},
                                   "attributes": {"creationDate": stamp(self.at(day, 7)), "mfaAuthenticated": "false"}}}

    def session(self, role, name, key, account=PROD):
        return {"type": "AssumedRole", "principalId": f"AROA2{role.upper()[:10]:X<10}EXAMPL:{name}",
                "arn": f"arn:aws:sts::{account}:assumed-role/{role}/{name}", "accountId": account, "accessKeyId": key,
                "sessionContext": {"sessionIssuer": {"type": "Role", "principalId": "AROA2EXAMPLEEXAMPL",
                                                     "arn": f"arn:aws:iam::{account}:role/{role}", "accountId": account,
                                                     "userName": role},
                                   "attributes": {"creationDate": stamp(BEGIN), "mfaAuthenticated": "false"}}}

    def call(self, t, source, name, who, request=None, response=None, address="203.0.113.20", read=False, agent=None,
             account=PROD, **more):
        self.work += 1
        self.lines.append((t, {
            "eventVersion": "1.11", "userIdentity": who, "eventTime": stamp(t), "eventSource": f"{source}.amazonaws.com",
            "eventName": name, "awsRegion": REGION, "sourceIPAddress": address,
            "userAgent": agent or "aws-cli/2.17.20 md/awscrt#0.20.11 ua/2.0 os/macos#23.5.0",
            "requestParameters": request, "responseElements": response, "requestID": self.uuid(), "eventID": self.uuid(),
            "readOnly": read, "eventType": "AwsApiCall", "managementEvent": True, "recipientAccountId": account,
            "eventCategory": "Management", **more}))

    def function(self, name, fresh):
        """The configuration that Lambda answers with; with new code or that of before."""
        if fresh or name not in self.code:
            self.code[name] = base64.b64encode(hashlib.sha256(self.hex(16).encode()).digest()).decode()
        return {"functionName": name, "functionArn": f"arn:aws:lambda:{REGION}:{PROD}:function:{name}",
                "runtime": "python3.12", "role": f"arn:aws:iam::{PROD}:role/fn-{name}", "handler": "app.handler",
                "codeSize": 18400 + self.random.randrange(900), "description": "", "timeout": 30, "memorySize": 512,
                "codeSha256": self.code[name], "version": "$LATEST", "environment": {}, "tracingConfig": {"mode": "Active"},
                "revisionId": self.uuid(), "state": "Active", "packageType": "Zip", "architectures": ["arm64"]}

    # ---- the books ----

    def change(self, t, team, who, resources, text, kind="normal", minutes=60, approved=None):
        self.number += 7
        ident = f"CHG00{self.number}"
        commit = self.hex(40)
        day = datetime.timedelta(days=1)
        approved = approved or t - day
        self.changes.append([ident, kind, "closed", "approved", stamp(approved), mail("grace.o" if mail(BOSS) in (who, mail(TEAMS[team][2][0])) else BOSS), stamp(t - datetime.timedelta(minutes=10)),
                             stamp(t + datetime.timedelta(minutes=minutes)), stamp(t - day), stamp(t + day), who, f"team-{team}",
                             mail(TEAMS[team][2][0]), resources, team, text, TEAMS[team][0], commit, ""])
        return ident, commit

    def build(self, t, team, name, ident, commit):
        digest = base64.b64decode(self.code[name]).hex()
        self.builds.append([name, digest, commit, stamp(t - datetime.timedelta(minutes=6)), TEAMS[team][0], "main", "true",
                            "true", ident])

    # ---- what people do ----

    def login(self, t, name, day):
        who = self.person(name, day)
        self.call(t, "signin", "ConsoleLogin", who, None, {"ConsoleLogin": "Success"}, address=self.home(name),
                  additionalEventData={"MFAUsed": "No", "LoginTo": "https://console.aws.amazon.com/"}, eventType="AwsConsoleSignIn")

    def home(self, name):
        return f"203.0.113.{20 + sum(map(ord, name)) % 200}"

    def look(self, t, name, day, function):
        for what in ("GetFunction20150331v2", "ListVersionsByFunction20150331"):
            self.call(t, "lambda", what, self.person(name, day), {"functionName": function}, address=self.home(name), read=True)

    def deploy_by_hand(self, t, team, name, function, day):
        ident, commit = self.change(t, team, mail(name), function, f"Deploy {function}: fix rounding")
        who, home = self.person(name, day), self.home(name)
        self.look(t, name, day, function)
        t += datetime.timedelta(minutes=2)
        self.call(t, "lambda", "UpdateFunctionCode20150331v2", who,
                  {"functionName": function, "s3Bucket": "acme-artifacts", "s3Key": f"{function}/{commit[:12]}.zip", "publish": False,
                   "dryRun": False}, self.function(function, True), address=home)
        self.build(t, team, function, ident, commit)
        self.call(t + datetime.timedelta(minutes=1), "lambda", "UpdateFunctionConfiguration20150331v2", who,
                  {"functionName": function, "timeout": 30}, self.function(function, False), address=home)

    def deploy_by_ci(self, t, team, function, terraform=False):
        repository = TEAMS[team][0]
        subject = f"repo:{repository}:ref:refs/heads/main"
        ident, commit = self.change(t, team, subject, function, f"Deploy {function}", minutes=40)
        key, run = self.key(f"{function}{t}"), f"GitHubActions"
        self.call(t, "sts", "AssumeRoleWithWebIdentity",
                  {"type": "WebIdentityUser", "principalId": f"arn:aws:iam::{PROD}:oidc-provider/token.actions.githubusercontent.com:"
                   f"sts.amazonaws.com:{subject}", "userName": subject,
                   "identityProvider": f"arn:aws:iam::{PROD}:oidc-provider/token.actions.githubusercontent.com"},
                  {"roleArn": f"arn:aws:iam::{PROD}:role/gha-deploy", "roleSessionName": run},
                  {"credentials": {"accessKeyId": key, "sessionToken": "T", "expiration": "Nov 20, 2026, 9:12:00 PM"},
                   "subjectFromWebIdentityToken": subject, "provider": "token.actions.githubusercontent.com",
                   "assumedRoleUser": {"arn": f"arn:aws:sts::{PROD}:assumed-role/gha-deploy/{run}",
                                       "assumedRoleId": f"AROA2GHADEPLOY7EXAMPL:{run}"}}, address="192.0.2.40")
        who = self.session("gha-deploy", run, key)
        agent = "APN/1.0 HashiCorp/1.0 Terraform/1.9.2 terraform-provider-aws/5.58.0" if terraform else None
        t += datetime.timedelta(seconds=20)
        reads = ["GetFunction20150331v2"]
        if terraform:  # refreshes all that it knows
            reads += ["GetPolicy20150331v2", "ListVersionsByFunction20150331", "GetFunctionCodeSigningConfig",
                      "ListEventSourceMappings20150331", "GetFunctionUrlConfig", "GetAccountSettings20160819"]
        for name in TEAMS[team][1] if terraform else [function]:
            for what in reads:
                self.call(t, "lambda", what, who, {"functionName": name}, address="192.0.2.40", read=True, agent=agent)
        t += datetime.timedelta(seconds=30)
        self.call(t, "lambda", "UpdateFunctionCode20150331v2", who,
                  {"functionName": f"arn:aws:lambda:{REGION}:{PROD}:function:{function}", "s3Bucket": "acme-artifacts",
                   "s3Key": f"{function}/{commit[:12]}.zip", "publish": False}, self.function(function, True),
                  address="192.0.2.40", agent=agent)
        self.build(t, team, function, ident, commit)
        self.version[function] = self.version.get(function, 40) + 1
        answer = {**self.function(function, False), "version": str(self.version[function])}
        self.call(t + datetime.timedelta(seconds=9), "lambda", "PublishVersion20150331", who, {"functionName": function}, answer,
                  address="192.0.2.40", agent=agent)
        self.call(t + datetime.timedelta(seconds=14), "lambda", "UpdateAlias20150331", who,
                  {"functionName": function, "name": "live", "functionVersion": answer["version"]},
                  {"name": "live", "functionVersion": answer["version"]}, address="192.0.2.40", agent=agent)

    # ---- what happens now and then ----

    def ci(self, t, team, text, resources):
        """CI's session, with the record of what it will do."""
        subject = f"repo:{TEAMS[team][0]}:ref:refs/heads/main"
        self.change(t, team, subject, resources, text, minutes=40)
        key = self.key(f"{text}{t}")
        self.call(t, "sts", "AssumeRoleWithWebIdentity",
                  {"type": "WebIdentityUser", "principalId": f"oidc:{subject}", "userName": subject,
                   "identityProvider": f"arn:aws:iam::{PROD}:oidc-provider/token.actions.githubusercontent.com"},
                  {"roleArn": f"arn:aws:iam::{PROD}:role/gha-deploy", "roleSessionName": "GitHubActions"},
                  {"credentials": {"accessKeyId": key}, "subjectFromWebIdentityToken": subject,
                   "provider": "token.actions.githubusercontent.com"}, address="192.0.2.40")
        return self.session("gha-deploy", "GitHubActions", key)

    def canary(self, t, team, function):
        """A tenth of the calls for an hour, then all."""
        who = self.ci(t, team, f"Canary of {function}", function)
        old = self.version.get(function, 40)
        self.version[function] = old + 1
        for minute, weights in ((1, {str(old + 1): 0.1}), (30, {})):
            version = str(old if weights else old + 1)
            self.call(t + datetime.timedelta(minutes=minute), "lambda", "UpdateAlias20150331", who,
                      {"functionName": function, "name": "live", "functionVersion": version,
                       "routingConfig": {"additionalVersionWeights": weights}},
                      {"name": "live", "functionVersion": version}, address="192.0.2.40")

    def new_function(self, t, team, name):
        """Its role, the policy to write logs, the function."""
        who = self.ci(t, team, f"New function {name} with its role fn-{name}: CreateFunction, CreateRole, AttachRolePolicy",
                      f"{name}, fn-{name}")
        trust = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"},
                                                                    "Action": "sts:AssumeRole"}]})
        steps = [("iam", "CreateRole", {"roleName": f"fn-{name}", "assumeRolePolicyDocument": trust}, None),
                 ("iam", "AttachRolePolicy", {"roleName": f"fn-{name}",
                  "policyArn": "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"}, None),
                 ("lambda", "CreateFunction20150331", {"functionName": name, "runtime": "python3.12",
                  "role": f"arn:aws:iam::{PROD}:role/fn-{name}", "handler": "app.handler"}, self.function(name, True))]
        for i, (source, what, request, answer) in enumerate(steps):
            self.call(t + datetime.timedelta(seconds=30 + 20 * i), source, what, who, request, answer, address="192.0.2.40")
        self.build(t, team, name, self.changes[-1][0], self.changes[-1][17])

    def shared_layer(self, t, functions):
        """The platform team's layer: published, opened to our organisation, put under two functions."""
        who = self.ci(t, "platform", "Layer acme-tools 12: PublishLayerVersion, AddLayerVersionPermission, new layer acme-tools for "
                      + ", ".join(functions), "acme-tools, " + ", ".join(functions))
        layer = f"arn:aws:lambda:{REGION}:{PROD}:layer:acme-tools"
        self.call(t + datetime.timedelta(seconds=20), "lambda", "PublishLayerVersion20181031", who, {"layerName": "acme-tools"},
                  {"layerVersionArn": f"{layer}:12", "version": 12, "content": {"codeSha256": "q83vEjRWeJCrze8SNFZ4kKvN7xI0VniQq83vEjRWeJA="}},
                  address="192.0.2.40")
        self.call(t + datetime.timedelta(seconds=40), "lambda", "AddLayerVersionPermission20181031", who,
                  {"layerName": "acme-tools", "versionNumber": 12, "principal": "*", "organizationId": "o-acmeexample",
                   "action": "lambda:GetLayerVersion", "statementId": "org"}, {}, address="192.0.2.40")
        for i, name in enumerate(functions):
            self.call(t + datetime.timedelta(seconds=60 + 20 * i), "lambda", "UpdateFunctionConfiguration20150331v2", who,
                      {"functionName": name, "layers": [f"{layer}:12"]},
                      {**self.function(name, False), "layers": [{"arn": f"{layer}:12", "codeSize": 900}]}, address="192.0.2.40")

    def key_rotation(self, t, name):
        """A technical user changes its own key."""
        who = {"type": "IAMUser", "principalId": "AIDA2ROBOTEXAMPLE777", "arn": f"arn:aws:iam::{PROD}:user/{name}", "accountId": PROD,
               "accessKeyId": "AKIA2OLDKEYEXAMPLE77", "userName": name}
        self.call(t, "iam", "CreateAccessKey", who, {"userName": name},
                  {"accessKey": {"userName": name, "accessKeyId": "AKIA2NEWKEYEXAMPLE77", "status": "Active"}}, address="10.20.4.30")
        self.call(t + datetime.timedelta(minutes=4), "iam", "UpdateAccessKey", {**who, "accessKeyId": "AKIA2NEWKEYEXAMPLE77"},
                  {"userName": name, "accessKeyId": "AKIA2OLDKEYEXAMPLE77", "status": "Inactive"}, address="10.20.4.30")

    def retired(self, t, team, function):
        who = self.ci(t, team, f"Retire {function}: DeleteFunction", function)
        self.call(t + datetime.timedelta(minutes=1), "lambda", "DeleteFunction20150331", who, {"functionName": function},
                  address="192.0.2.40")

    def invoke_after(self, t, function):
        self.call(t, "lambda", "Invoke", self.session(f"fn-{function}", function, self.key(f"fn{function}")),
                  {"functionName": function, "invocationType": "RequestResponse"}, address="10.20.4.9", managementEvent=False,
                  eventCategory="Data", resources=[{"accountId": PROD, "type": "AWS::Lambda::Function",
                                                    "ARN": f"arn:aws:lambda:{REGION}:{PROD}:function:{function}"}])

    def on_call(self, t, team, name, function, day):
        """A fix at night, with an emergency record that was approved the morning after."""
        self.change(t, team, mail(name), function, f"{function} fails since 02:10: raise its timeout", "emergency",
                    approved=t + datetime.timedelta(hours=6))
        self.login(t - datetime.timedelta(minutes=9), name, day)
        self.look(t - datetime.timedelta(minutes=4), name, day, function)
        self.call(t, "lambda", "UpdateFunctionConfiguration20150331v2", self.person(name, day), {"functionName": function, "timeout": 60},
                  {**self.function(function, False), "timeout": 60}, address=self.home(name))

    def platform_work(self, t, day):
        """Log retention, a role's policy, a trigger: each with its record."""
        who, home = self.person("grace.o", day), self.home("grace.o")
        function = self.random.choice(TEAMS["orders"][1])
        self.change(t, "platform", mail("grace.o"), f"fn-{function}", f"Let fn-{function} read its new queue: PutRolePolicy")
        self.call(t, "iam", "PutRolePolicy", who, {"roleName": f"fn-{function}", "policyName": "queue", "policyDocument": json.dumps(
            {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": ["sqs:ReceiveMessage", "sqs:DeleteMessage"],
                                                     "Resource": f"arn:aws:sqs:{REGION}:{PROD}:{function}"}]})}, address=home)
        self.change(t, "platform", mail("grace.o"), function, f"{function} gets its events from the queue: event source mapping")
        arn = f"arn:aws:sqs:{REGION}:{PROD}:{function}"
        self.call(t + datetime.timedelta(minutes=3), "lambda", "CreateEventSourceMapping20150331", who,
                  {"functionName": function, "eventSourceArn": arn, "enabled": True, "batchSize": 10},
                  {"uUID": self.uuid(), "eventSourceArn": arn,
                   "functionArn": f"arn:aws:lambda:{REGION}:{PROD}:function:{function}"}, address=home)
        self.call(t + datetime.timedelta(minutes=5), "logs", "PutRetentionPolicy", who,
                  {"logGroupName": f"/aws/lambda/{function}", "retentionInDays": 30}, address=home)

    def vendor(self, t):
        """A posture tool that looks at everything, four times a day."""
        who = self.session("VendorPosture", "scan", self.key(f"vendor{t}"))
        for what in ("ListFunctions20150331", "GetAccountSettings20160819", "ListLayers20181031", "GetPolicy20150331v2",
                     "GetFunction20150331v2", "ListEventSourceMappings20150331", "ListFunctionUrlConfigs"):
            self.call(t, "lambda", what, who, {"functionName": "orders-export"}, address="198.51.100.7", read=True,
                      agent="Boto3/1.34 posture/7")

    def scanner(self, t):
        """The internet at a public door: refused, and answered with an error."""
        function = "payments-webhook"
        self.call(t, "lambda", "InvokeFunctionUrl", {"type": "AWSAccount", "principalId": "", "accountId": "anonymous"},
                  {"functionName": function}, address=f"198.51.100.{self.random.randrange(20, 250)}", managementEvent=False,
                  eventCategory="Data", errorCode="AccessDenied", errorMessage="not signed",
                  resources=[{"accountId": PROD, "type": "AWS::Lambda::Function",
                              "ARN": f"arn:aws:lambda:{REGION}:{PROD}:function:{function}"}])

    # ---- Google Cloud ----

    def google(self, t, service, method, who, name, request, address="192.0.2.41", log="activity"):
        self.work += 1
        self.lines.append((t, {
            "protoPayload": {"@type": "type.googleapis.com/google.cloud.audit.AuditLog", "status": {},
                             "authenticationInfo": {"principalEmail": who},
                             "requestMetadata": {"callerIp": address, "callerSuppliedUserAgent": "google-cloud-sdk gcloud/480.0.0"},
                             "serviceName": service, "methodName": method, "resourceName": name, "request": request},
            "insertId": self.hex(12), "resource": {"type": "cloud_run_revision", "labels": {"project_id": PROJECT, "location": "europe-west1",
                                                                                           "service_name": name.rsplit("/", 1)[1]}},
            "timestamp": stamp(t), "severity": "NOTICE", "logName": f"projects/{PROJECT}/logs/cloudaudit.googleapis.com%2F{log}",
            "receiveTimestamp": stamp(t)}))

    def google_deploy(self, t, service):
        robot = f"deploy@{PROJECT}.iam.gserviceaccount.com"
        self.change(t, "search", robot, service, f"Deploy {service}", minutes=40)
        digest = self.hex(64)
        self.builds.append([service, f"sha256:{digest}", self.changes[-1][17], stamp(t - datetime.timedelta(minutes=6)), "acme/search", "main",
                            "true", "true", self.changes[-1][0]])
        self.google(t, "run.googleapis.com", "google.cloud.run.v1.Services.ReplaceService", robot, f"namespaces/{PROJECT}/services/{service}",
                    {"service": {"metadata": {"name": service, "annotations": {"run.googleapis.com/ingress": "all"}},
                                 "spec": {"template": {"spec": {"serviceAccountName": f"{service}@{PROJECT}.iam.gserviceaccount.com",
                                                                "containers": [{"image": f"europe-docker.pkg.dev/{PROJECT}/run/{service}@sha256:{digest}"}]}}}}})

    def google_request(self, t, service):
        self.work += 1
        self.lines.append((t, {
            "httpRequest": {"requestMethod": "GET", "requestUrl": f"https://{service}-a1b2c3d4e5-ew.a.run.app/wp-login.php", "status": 404,
                            "remoteIp": f"198.51.100.{self.random.randrange(20, 250)}", "userAgent": "zgrab/0.x", "latency": "0.004s"},
            "insertId": self.hex(12), "resource": {"type": "cloud_run_revision", "labels": {
                "project_id": PROJECT, "location": "europe-west1", "service_name": service, "revision_name": f"{service}-00042-abc"}},
            "timestamp": stamp(t), "severity": "WARNING", "logName": f"projects/{PROJECT}/logs/run.googleapis.com%2Frequests"}))

    # ---- Cloudflare ----

    def cloudflare(self, t, name, method, uri, product, request=None, token="ci-deploy"):
        self.work += 1
        self.lines.append((t, {
            "id": self.uuid(), "account": {"id": CF, "name": "Acme"},
            "action": {"type": "update", "result": "success", "time": stamp(t), "description": ""},
            "actor": {"id": self.hex(32), "email": mail(name), "ip_address": "192.0.2.42", "context": "api_token", "token_id": "0a1b2c3d",
                      "token_name": token, "type": "user"},
            "raw": {"cf_ray_id": self.hex(16), "method": method, "uri": uri, "status_code": 200, "user_agent": "wrangler/3.60.0"},
            "resource": {"id": uri.rsplit("/", 1)[1], "product": product, "type": "script", "scope": "accounts", "request": request or {},
                         "response": {}}, "zone": {}}))

    def worker_deploy(self, t, script):
        self.change(t, "platform", mail("lena.b"), script, f"Deploy {script}", minutes=40)
        self.cloudflare(t, "lena.b", "PUT", f"/client/v4/accounts/{CF}/workers/scripts/{script}", "workers",
                        {"metadata": {"annotations": {"workers/message": "deploy"}}})

    # ---- the week ----

    def live(self):
        """Everything in the order of time: what is deployed later is other code."""
        plan = []
        r = self.random

        def at(day, hour, minute, what, *args):
            plan.append((self.at(day, hour, minute), len(plan), what, args))

        for day in range(DAYS):
            for team, (_, functions, people) in TEAMS.items():
                for name in people:
                    at(day, 8, r.randrange(50), self.login, name, day)
                for hour in (10, 14):
                    name, function = r.choice(people), r.choice(functions)
                    at(day, hour, r.randrange(40), self.deploy_by_hand, team, name, function, day)
                    at(day, hour, 50, self.invoke_after, function)
                for hour in (9, 11, 13, 16):
                    at(day, hour, r.randrange(50), self.deploy_by_ci, team, r.choice(functions), team == "search")
            at(day, 15, 0, self.platform_work, day)
            for hour in (1, 7, 13, 19):
                at(day, hour, 5, self.vendor)
            for hour in range(24):
                at(day, hour, r.randrange(59), self.scanner)
                at(day, hour, r.randrange(59), self.google_request, "catalogue")
            for hour in (10, 15):
                at(day, hour, 20, self.google_deploy, "catalogue")
                at(day, hour, 40, self.worker_deploy, "edge-router")
        at(1, 12, 0, self.canary, "orders", "stock-levels")
        at(2, 12, 0, self.new_function, "payments", "refunds")
        at(3, 12, 0, self.shared_layer, ["orders-export", "cart-events"])
        at(2, 4, 0, self.key_rotation, "legacy-batch")
        at(4, 12, 0, self.retired, "media", "gif-render")
        at(1, 2, 30, self.on_call, "payments", "farid.h", "fraud-score", 1)
        at(3, 3, 10, self.on_call, "orders", "bo.k", "cart-events", 3)
        for t, _, what, args in sorted(plan, key=lambda x: x[:2]):
            what(t, *args)
        return self


ENV = f"""organization: o-acmeexample
accounts:
  - {{id: "{PROD}", alias: acme-prod, kind: prod}}
  - {{id: "{DATA}", alias: acme-data, kind: prod}}
  - {{id: "{PROJECT}", alias: acme-gcp, kind: prod}}
address_ranges:
  internal: [10.0.0.0/8]
  office: [203.0.113.0/24]
  ci: [192.0.2.32/28]
public_functions: [payments-webhook, catalogue]
pipelines:
  - {{name: "repo:acme/*", repository: "acme/*"}}
  - "arn:aws:iam::*:role/gha-deploy"
  - "deploy@{PROJECT}.iam.gserviceaccount.com"
vendors:
  - name: Posture
    principals: ["*role/VendorPosture*", "*assumed-role/VendorPosture/*"]
    actions: [Get*, List*]
    until: 2027-06-30
  - name: Monitoring
    principals: ["*role/VendorMonitoring*", "*assumed-role/VendorMonitoring/*"]
    actions: [Get*, List*]
"""

CHANGES = ("id,type,state,approval,approved_at,approver,start,end,created_at,updated_at,assignee,group,requester,resources,service,text,"
           "repository,commit,template")
BUILDS = "function,code_sha256,commit,built_at,repository,branch,reviewed,protected_branch,change"
PEOPLE = "id,name,job_family,department,manager,status,on_call,hours,time_zone"


def people():
    rows = [PEOPLE]
    for team, (_, _, names) in TEAMS.items():
        for n in names:
            call = "2026-11-16T00:00:00Z/2026-11-23T00:00:00Z" if n in ("farid.h", "bo.k") else ""
            rows.append(f"{mail(n)},{n},engineering,{team},{mail(BOSS)},active,{call},08:00-18:00,+00:00")
    return "\n".join(rows) + "\n"


def table(head, rows):
    import csv
    import io
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows([head.split(","), *rows])
    return out.getvalue()


def write(folder, seed):
    """Everything but make_logs' part into `folder`; how many records of work there are."""
    week = Week(seed).live()
    week.lines.sort(key=lambda x: x[0])
    (folder / "work.jsonl").write_text("".join(json.dumps(line) + "\n" for _, line in week.lines))
    (folder / "env.yaml").write_text(ENV)
    (folder / "changes.csv").write_text(table(CHANGES, week.changes))
    (folder / "builds.csv").write_text(table(BUILDS, week.builds))
    (folder / "people.csv").write_text(people())
    return week.work
