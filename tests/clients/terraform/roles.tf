# A user, a role that trusts it, and a role that an OpenID Connect provider's users take on.

variable "issuer" { type = string }
variable "description" { type = string }
variable "audiences" { type = list(string) }

resource "aws_iam_user" "deployer" {
  name = "terraform-deployer"
}

resource "aws_iam_openid_connect_provider" "builds" {
  url             = "https://${var.issuer}"
  client_id_list  = var.audiences
  thumbprint_list = ["abababababababababababababababababababab"]
  tags            = { team = "terraform" }
}

data "aws_iam_policy_document" "deploy" {
  statement {
    actions = ["sts:AssumeRole", "sts:TagSession"]
    principals {
      type        = "AWS"
      identifiers = [aws_iam_user.deployer.arn]
    }
    condition {
      test     = "StringEquals"
      variable = "sts:ExternalId"
      values   = ["terraform"]
    }
  }
}

resource "aws_iam_role" "deploy" {
  name                 = "terraform-deploy"
  path                 = "/terraform/"
  description          = var.description
  max_session_duration = 7200
  assume_role_policy   = data.aws_iam_policy_document.deploy.json
  tags                 = { team = "terraform" }
}

data "aws_iam_policy_document" "build" {
  statement {
    actions = ["sts:AssumeRoleWithWebIdentity"]
    principals {
      type        = "Federated"
      identifiers = [aws_iam_openid_connect_provider.builds.arn]
    }
    condition {
      test     = "StringEquals"
      variable = "${var.issuer}:aud"
      values   = var.audiences
    }
  }
}

resource "aws_iam_role" "build" {
  name               = "terraform-build"
  assume_role_policy = data.aws_iam_policy_document.build.json
}

output "provider" { value = aws_iam_openid_connect_provider.builds.arn }
output "deploy" { value = aws_iam_role.deploy.name }
