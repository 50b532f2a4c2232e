# Users with keys and tags, groups, and who is in them.

variable "name" { type = string }

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
