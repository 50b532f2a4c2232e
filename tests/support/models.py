"""AWS's published models, as botocore carries them, and the least input that each operation takes."""

import functools

import botocore.loaders
import botocore.model
import botocore.serialize

# The services that AWS publishes a model of; `portcullis` is our own.
OWN = "portcullis"


@functools.cache
def service(name):
    """A service's model."""
    loader = botocore.loaders.Loader()
    return botocore.model.ServiceModel(loader.load_service_model(name, "service-2"), name)


def request(operation):
    """The least request of an operation, unsigned: method, path, query, headers and body."""
    serializer = botocore.serialize.create_serializer(operation.service_model.metadata["protocol"])
    return serializer.serialize_to_request(least(operation.input_shape), operation)


def least(shape, depth=0):
    """The least value of a shape: required members only."""
    if shape is None:
        return {}
    kind = shape.type_name
    if kind == "structure":
        return {name: least(shape.members[name], depth + 1) for name in shape.required_members}
    if kind == "list":
        return [least(shape.member, depth + 1)]
    if kind == "map":
        return {least(shape.key, depth + 1): least(shape.value, depth + 1)}
    if kind == "string":
        return shape.enum[0] if getattr(shape, "enum", None) else "a" * max(1, shape.metadata.get("min", 1))
    if kind in ("integer", "long", "float", "double"):
        return shape.metadata.get("min", 1)
    return {"boolean": True, "blob": b"{}", "timestamp": 0}[kind]
