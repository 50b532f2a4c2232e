"""Portcullis's client of the Lambda Runtime API for Python: loads the handler, and asks for events until it is ended."""

import io
import json
import os
import socket
import sys
import time

RUNTIME = "/2018-06-01/runtime/"
ENV = os.environ.get


class Connection:
    """One kept connection to the Runtime API: HTTP/1.1 as far as that needs it."""

    def __init__(self, address):
        host, _, port = address.rpartition(":")
        self.address = (host, int(port))
        self.open()

    def open(self):
        self.socket = socket.create_connection(self.address)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.reader = self.socket.makefile("rb", 65536)

    def ask(self, head, body=b""):
        self.socket.sendall(head + body)
        status = int(self.reader.readline().split(b" ", 2)[1])
        headers = {}
        for line in iter(self.reader.readline, b"\r\n"):
            if not line:
                raise ConnectionError("the Runtime API closed its connection")
            name, _, value = line.partition(b":")
            headers[name.strip().lower().decode("latin-1")] = value.strip().decode("latin-1")
        answer = self.reader.read(int(headers.get("content-length", 0)))
        if headers.get("connection") == "close":
            self.socket.close()
            self.open()
        return status, headers, answer

    def next(self):
        return self.ask(b"GET %sinvocation/next HTTP/1.1\r\nHost: runtime\r\n\r\n" % RUNTIME.encode())

    def post(self, path, body, kind=None):
        error = f"Lambda-Runtime-Function-Error-Type: {kind}\r\n" if kind else ""
        head = (
            f"POST {RUNTIME}{path} HTTP/1.1\r\nHost: runtime\r\nContent-Type: application/json\r\n"
            f"{error}Content-Length: {len(body)}\r\n\r\n"
        )
        return self.ask(head.encode("latin-1", "replace"), body)


class Attributes:
    """What the client's context says, as attributes."""

    def __init__(self, **values):
        self.__dict__.update(values)

    def __repr__(self):
        return "{}({})".format(type(self).__name__, ",".join(f"{k}={v!r}" for k, v in vars(self).items()))


class CognitoIdentity(Attributes):
    pass


class Client(Attributes):
    pass


class ClientContext(Attributes):
    pass


class LambdaContext(Attributes):
    """The second argument of a handler."""

    def get_remaining_time_in_millis(self):
        return max(int(self._deadline_ms - time.time() * 1000), 0)

    def log(self, message):
        sys.stdout.write(str(message))


def client_context(text):
    if not text:
        return None
    given = json.loads(text)
    names = ("installation_id", "app_title", "app_version_name", "app_version_code", "app_package_name")
    client = given.get("client") or {}
    return ClientContext(
        custom=given.get("custom"),
        env=given.get("env"),
        client=Client(**{name: client.get(name) for name in names}) if client else None,
    )


def context_of(headers):
    return LambdaContext(
        aws_request_id=headers.get("lambda-runtime-aws-request-id"),
        log_group_name=ENV("AWS_LAMBDA_LOG_GROUP_NAME"),
        log_stream_name=ENV("AWS_LAMBDA_LOG_STREAM_NAME"),
        function_name=ENV("AWS_LAMBDA_FUNCTION_NAME"),
        memory_limit_in_mb=ENV("AWS_LAMBDA_FUNCTION_MEMORY_SIZE"),
        function_version=ENV("AWS_LAMBDA_FUNCTION_VERSION"),
        invoked_function_arn=headers.get("lambda-runtime-invoked-function-arn"),
        tenant_id=None,
        client_context=client_context(headers.get("lambda-runtime-client-context")),
        identity=CognitoIdentity(cognito_identity_id=None, cognito_identity_pool_id=None),
        _deadline_ms=int(headers.get("lambda-runtime-deadline-ms", 0)),
    )


class Fault(Exception):
    """An error with Lambda's own name for it."""

    def __init__(self, kind, message, trace=()):
        super().__init__(message)
        self.kind, self.message, self.trace = kind, message, list(trace)


def load(name):
    try:
        module, function = name.rsplit(".", 1)
    except ValueError as error:
        raise Fault("Runtime.MalformedHandlerName", f"Bad handler '{name}': {error}") from None
    import importlib

    try:
        loaded = importlib.import_module(module.replace("/", "."))
    except ImportError as error:
        raise Fault("Runtime.ImportModuleError", f"Unable to import module '{module}': {error}") from error
    except SyntaxError as error:
        trace = [f'  File "{error.filename}" Line {error.lineno}\n    {error.text}']
        raise Fault("Runtime.UserCodeSyntaxError", f"Syntax error in module '{module}': {error}", trace) from error
    try:
        return getattr(loaded, function)
    except AttributeError as error:
        raise Fault("Runtime.HandlerNotFound", f"Handler '{function}' missing on module '{module}'") from error


def document(error, request_id):
    """The JSON that a caller sees of an error, and the text for the log."""
    import traceback

    if isinstance(error, Fault):
        kind, message, trace = error.kind, error.message, error.trace
    else:
        kind, message = type(error).__name__, str(error)
        frames = traceback.extract_tb(error.__traceback__)
        ours = os.path.abspath(__file__)
        trace = traceback.format_list([frame for frame in frames if os.path.abspath(frame.filename) != ours])
    known = {"errorMessage": message, "errorType": kind, "requestId": request_id or "", "stackTrace": trace}
    text = f"[ERROR] {kind}: {message}\n"
    if trace:
        text += "Traceback (most recent call last):\n" + "".join(line if line.endswith("\n") else line + "\n" for line in trace)
    return kind, json.dumps(known).encode(), text


class Handler:
    """Answers one event, and keeps errors from ending the process."""

    def __init__(self, connection, function):
        self.connection, self.function = connection, function

    def serve(self):
        status, headers, event = self.connection.next()
        if status != 200:
            raise SystemExit(1)
        global request_id
        request_id = headers["lambda-runtime-aws-request-id"]
        trace_id = headers.get("lambda-runtime-trace-id")
        if trace_id:
            os.environ["_X_AMZN_TRACE_ID"] = trace_id
        else:
            os.environ.pop("_X_AMZN_TRACE_ID", None)
        try:
            body = encode(self.function(decode(event), context_of(headers)))
        except Exception as error:
            kind, body, text = document(error, request_id)
            sys.stdout.write(text)
            flush()
            self.connection.post(f"invocation/{request_id}/error", body, kind)
        else:
            flush()
            self.connection.post(f"invocation/{request_id}/response", body)


def decode(event):
    try:
        return json.loads(event)
    except ValueError as error:
        raise Fault("Runtime.UnmarshalError", f"Unable to unmarshal input: {error}") from None


def encode(result):
    try:
        return json.dumps(result, ensure_ascii=False).encode()
    except (TypeError, ValueError) as error:
        raise Fault("Runtime.MarshalError", f"Unable to marshal response: {error}") from None


def flush():
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError):
            pass


request_id = ""


def prepare_logging():
    """Gives the root logger Lambda's format as soon as somebody imports `logging`."""
    import importlib.machinery

    class Finder:
        def find_spec(self, name, path=None, target=None):
            if name != "logging":
                return None
            sys.meta_path.remove(self)
            spec = importlib.machinery.PathFinder.find_spec(name, path, target)
            run = spec.loader.exec_module

            def exec_module(module):
                run(module)
                install(module)

            spec.loader.exec_module = exec_module
            return spec

    if "logging" in sys.modules:
        install(sys.modules["logging"])
    else:
        sys.meta_path.insert(0, Finder())


def install(logging):
    class Request(logging.Filter):
        def filter(self, record):
            record.aws_request_id = request_id
            return True

    handler = logging.StreamHandler(sys.stdout)
    form = logging.Formatter("[%(levelname)s]\t%(asctime)s.%(msecs)03dZ\t%(aws_request_id)s\t%(message)s", "%Y-%m-%dT%H:%M:%S")
    form.converter = time.gmtime
    handler.setFormatter(form)
    handler.addFilter(Request())
    logging.getLogger().addHandler(handler)


def prepare_modules():
    """What `site` does, but for start-up files: those of this machine are none of a function's."""
    import site

    site.setquit()
    site.setcopyright()
    site.sethelper()
    version = "python%d.%d" % sys.version_info[:2]
    for folder in (f"lib/{version}/site-packages", f"local/lib/{version}/dist-packages", "lib/python3/dist-packages"):
        folder = os.path.join(sys.base_prefix, folder)
        if os.path.isdir(folder):
            sys.path.append(folder)
    sys.path[0] = os.environ["LAMBDA_TASK_ROOT"]


def main():
    prepare_modules()
    for stream in ("stdout", "stderr"):
        raw = open(getattr(sys, stream).fileno(), "wb", 0, closefd=False)
        setattr(sys, stream, io.TextIOWrapper(raw, "utf-8", "backslashreplace", write_through=True))
    prepare_logging()
    connection = Connection(os.environ["AWS_LAMBDA_RUNTIME_API"])
    try:
        function = load(os.environ["_HANDLER"])
    except Exception as error:
        kind, body, text = document(error, "")
        sys.stdout.write(text)
        flush()
        connection.post("init/error", body, kind)
        raise SystemExit(1) from None
    handler = Handler(connection, function)
    while True:
        handler.serve()


if __name__ == "__main__":
    main()
