# An API whose one method asks for a key, with a plan, a key of it, and the stage's own limits.

variable "limit" { type = number }
variable "stage_rate" { type = number }

resource "aws_api_gateway_rest_api" "metered" {
  name           = "metered"
  api_key_source = "HEADER"
}

resource "aws_api_gateway_resource" "pets" {
  rest_api_id = aws_api_gateway_rest_api.metered.id
  parent_id   = aws_api_gateway_rest_api.metered.root_resource_id
  path_part   = "pets"
}

resource "aws_api_gateway_method" "pets" {
  rest_api_id      = aws_api_gateway_rest_api.metered.id
  resource_id      = aws_api_gateway_resource.pets.id
  http_method      = "GET"
  authorization    = "NONE"
  api_key_required = true
}

resource "aws_api_gateway_integration" "pets" {
  rest_api_id       = aws_api_gateway_rest_api.metered.id
  resource_id       = aws_api_gateway_resource.pets.id
  http_method       = aws_api_gateway_method.pets.http_method
  type              = "MOCK"
  request_templates = { "application/json" = jsonencode({ statusCode = 200 }) }
}

resource "aws_api_gateway_method_response" "pets" {
  rest_api_id = aws_api_gateway_rest_api.metered.id
  resource_id = aws_api_gateway_resource.pets.id
  http_method = aws_api_gateway_method.pets.http_method
  status_code = "200"
}

resource "aws_api_gateway_integration_response" "pets" {
  rest_api_id = aws_api_gateway_rest_api.metered.id
  resource_id = aws_api_gateway_resource.pets.id
  http_method = aws_api_gateway_method.pets.http_method
  status_code = aws_api_gateway_method_response.pets.status_code
  depends_on  = [aws_api_gateway_integration.pets]
}

resource "aws_api_gateway_deployment" "metered" {
  rest_api_id = aws_api_gateway_rest_api.metered.id
  depends_on  = [aws_api_gateway_integration_response.pets]
}

resource "aws_api_gateway_stage" "prod" {
  rest_api_id   = aws_api_gateway_rest_api.metered.id
  deployment_id = aws_api_gateway_deployment.metered.id
  stage_name    = "prod"
}

resource "aws_api_gateway_method_settings" "all" {
  rest_api_id = aws_api_gateway_rest_api.metered.id
  stage_name  = aws_api_gateway_stage.prod.stage_name
  method_path = "*/*"
  settings {
    throttling_rate_limit  = var.stage_rate
    throttling_burst_limit = 20
  }
}

resource "aws_api_gateway_api_key" "client" {
  name        = "client"
  description = "a client"
  tags        = { team = "pets" }
}

resource "aws_api_gateway_usage_plan" "gold" {
  name        = "gold"
  description = "for friends"
  tags        = { team = "pets" }

  api_stages {
    api_id = aws_api_gateway_rest_api.metered.id
    stage  = aws_api_gateway_stage.prod.stage_name
    throttle {
      path        = "/pets/GET"
      rate_limit  = 50
      burst_limit = 30
    }
  }

  quota_settings {
    limit  = var.limit
    period = "WEEK"
  }

  throttle_settings {
    rate_limit  = 100
    burst_limit = 40
  }
}

resource "aws_api_gateway_usage_plan_key" "client" {
  key_id        = aws_api_gateway_api_key.client.id
  key_type      = "API_KEY"
  usage_plan_id = aws_api_gateway_usage_plan.gold.id
}

output "api" { value = aws_api_gateway_rest_api.metered.id }
output "plan" { value = aws_api_gateway_usage_plan.gold.id }
output "key" {
  value     = aws_api_gateway_api_key.client.value
  sensitive = true
}
