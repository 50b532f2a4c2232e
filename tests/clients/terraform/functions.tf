# A function with a role, a version, an alias, a layer and a permission for API Gateway.

variable "archive" { type = string }
variable "hash" { type = string }
variable "stage" { type = string }

resource "aws_iam_role" "function" {
  name = "terraform-function"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "lambda.amazonaws.com" }
      Action    = "sts:AssumeRole"
    }]
  })
}

resource "aws_lambda_layer_version" "shared" {
  layer_name          = "terraform-shared"
  filename            = var.archive
  source_code_hash    = var.hash
  compatible_runtimes = ["python3.12"]
}

resource "aws_lambda_function" "echo" {
  function_name                  = "terraform-echo"
  role                           = aws_iam_role.function.arn
  runtime                        = "python3.12"
  handler                        = "app.handler"
  filename                       = var.archive
  source_code_hash               = var.hash
  timeout                        = 30
  memory_size                    = 256
  publish                        = true
  reserved_concurrent_executions = 5
  layers                         = [aws_lambda_layer_version.shared.arn]
  tags                           = { team = "terraform" }

  environment {
    variables = { STAGE = var.stage }
  }
}

resource "aws_lambda_alias" "live" {
  name             = "live"
  function_name    = aws_lambda_function.echo.function_name
  function_version = aws_lambda_function.echo.version
}

resource "aws_lambda_permission" "api" {
  statement_id  = "api"
  action        = "lambda:InvokeFunction"
  function_name = aws_lambda_function.echo.function_name
  qualifier     = aws_lambda_alias.live.name
  principal     = "apigateway.amazonaws.com"
  source_arn    = "arn:aws:execute-api:us-east-1:000000000000:a1b2c3d4e5/*/GET/echo"
}

output "version" { value = aws_lambda_function.echo.version }
