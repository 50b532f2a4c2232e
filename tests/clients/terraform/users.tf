# Users with keys and tags, groups, and who is in them.

terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 5.0"
    }
  }
}

variable "endpoint" { type = string }
variable "name" { type = string }

provider "aws" {
  skip_metadata_api_check = true
  skip_region_validation  = true
  max_retries             = 1

  endpoints {
    sts = var.endpoint
    iam = var.endpoint
  }
}

resource "aws_iam_user" "user" {
  name          = var.name
  path          = "/terraform/"
  force_destroy = true
  tags          = { team = "terraform" }
}

resource "aws_iam_access_key" "key" {
  user = aws_iam_user.user.name
}

resource "aws_iam_group" "one" {
  name = "${var.name}-one"
}

resource "aws_iam_group" "two" {
  name = "terraform-two"
  path = "/terraform/"
}

resource "aws_iam_group_membership" "one" {
  name  = "one"
  group = aws_iam_group.one.name
  users = [aws_iam_user.user.name]
}

resource "aws_iam_user_group_membership" "two" {
  user   = aws_iam_user.user.name
  groups = [aws_iam_group.two.name]
}

resource "aws_iam_account_alias" "alias" {
  account_alias = var.name
}

output "key" { value = aws_iam_access_key.key.id }
