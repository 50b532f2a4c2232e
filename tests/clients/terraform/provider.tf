# The AWS provider for the running node; each configuration stands beside a copy of it.

terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 5.0"
    }
  }
}

variable "endpoint" { type = string }

provider "aws" {
  skip_metadata_api_check = true
  skip_region_validation  = true
  max_retries             = 1

  endpoints {
    apigateway = var.endpoint
    iam        = var.endpoint
    lambda     = var.endpoint
    sts        = var.endpoint
    wafv2      = var.endpoint
  }
}
