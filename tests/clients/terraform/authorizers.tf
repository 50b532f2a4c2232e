# A method behind an authorizer, answered by a function.

variable "seconds" { type = number }

data "aws_caller_identity" "me" {}
data "aws_region" "here" {}

locals {
  region   = data.aws_region.here.name
  function = "arn:aws:lambda:${local.region}:${data.aws_caller_identity.me.account_id}:function"
  path     = "arn:aws:apigateway:${local.region}:lambda:path/2015-03-31/functions"
}

resource "aws_api_gateway_rest_api" "guarded" {
  name = "terraform guarded"
}

resource "aws_api_gateway_authorizer" "judge" {
  name                             = "judge"
  rest_api_id                      = aws_api_gateway_rest_api.guarded.id
  type                             = "REQUEST"
  authorizer_uri                   = "${local.path}/${local.function}:judge/invocations"
  identity_source                  = "method.request.header.Authorization,method.request.querystring.key"
  authorizer_result_ttl_in_seconds = var.seconds
}

resource "aws_api_gateway_authorizer" "tokens" {
  name            = "tokens"
  rest_api_id     = aws_api_gateway_rest_api.guarded.id
  type            = "TOKEN"
  authorizer_uri  = "jwt://issuer.example/?audience=pets"
  identity_source = "method.request.header.Authorization"
}

resource "aws_api_gateway_method" "root" {
  rest_api_id   = aws_api_gateway_rest_api.guarded.id
  resource_id   = aws_api_gateway_rest_api.guarded.root_resource_id
  http_method   = "GET"
  authorization = "CUSTOM"
  authorizer_id = aws_api_gateway_authorizer.judge.id
}

resource "aws_api_gateway_integration" "root" {
  rest_api_id             = aws_api_gateway_rest_api.guarded.id
  resource_id             = aws_api_gateway_rest_api.guarded.root_resource_id
  http_method             = aws_api_gateway_method.root.http_method
  integration_http_method = "POST"
  type                    = "AWS_PROXY"
  uri                     = "${local.path}/${local.function}:pets/invocations"
}

resource "aws_api_gateway_deployment" "guarded" {
  rest_api_id = aws_api_gateway_rest_api.guarded.id
  depends_on  = [aws_api_gateway_integration.root]
}

resource "aws_api_gateway_stage" "prod" {
  rest_api_id   = aws_api_gateway_rest_api.guarded.id
  deployment_id = aws_api_gateway_deployment.guarded.id
  stage_name    = "prod"
}

output "api" { value = aws_api_gateway_rest_api.guarded.id }
output "judge" { value = aws_api_gateway_authorizer.judge.id }
