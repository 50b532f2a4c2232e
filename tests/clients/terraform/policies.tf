# Users, groups and roles with every kind of policy that Terraform gives them.

variable "action" { type = string }

data "aws_iam_policy_document" "given" {
  statement {
    actions   = [var.action]
    resources = ["*"]
  }
}

data "aws_iam_policy_document" "trust" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = ["ec2.amazonaws.com"]
    }
  }
}

data "aws_iam_policy" "invoke" {
  arn = "arn:aws:iam::aws:policy/AmazonAPIGatewayInvokeFullAccess"
}

resource "aws_iam_policy" "given" {
  name        = "terraform-given"
  path        = "/terraform/"
  description = "what Terraform gives"
  policy      = data.aws_iam_policy_document.given.json
  tags        = { team = "terraform" }
}

resource "aws_iam_user" "user" {
  name                 = "terraform-policies"
  permissions_boundary = aws_iam_policy.given.arn
}

resource "aws_iam_group" "group" {
  name = "terraform-policies"
}

resource "aws_iam_role" "role" {
  name               = "terraform-policies"
  assume_role_policy = data.aws_iam_policy_document.trust.json
}

resource "aws_iam_user_policy_attachment" "user" {
  user       = aws_iam_user.user.name
  policy_arn = aws_iam_policy.given.arn
}

resource "aws_iam_group_policy_attachment" "group" {
  group      = aws_iam_group.group.name
  policy_arn = data.aws_iam_policy.invoke.arn
}

resource "aws_iam_role_policy_attachment" "role" {
  role       = aws_iam_role.role.name
  policy_arn = aws_iam_policy.given.arn
}

resource "aws_iam_user_policy" "user" {
  name   = "inline"
  user   = aws_iam_user.user.name
  policy = data.aws_iam_policy_document.given.json
}

resource "aws_iam_group_policy" "group" {
  name   = "inline"
  group  = aws_iam_group.group.name
  policy = data.aws_iam_policy_document.given.json
}

resource "aws_iam_role_policy" "role" {
  name   = "inline"
  role   = aws_iam_role.role.name
  policy = data.aws_iam_policy_document.given.json
}

resource "aws_iam_instance_profile" "profile" {
  name = "terraform-policies"
  role = aws_iam_role.role.name
}

output "policy" { value = aws_iam_policy.given.arn }
