# Users, roles, policies and identity providers.

data "aws_caller_identity" "me" {}

data "aws_iam_policy_document" "trust" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "AWS"
      identifiers = [aws_iam_user.ada.arn]
    }
    condition {
      test     = "StringEquals"
      variable = "sts:ExternalId"
      values   = ["round-${var.round}"]
    }
  }
}

data "aws_iam_policy_document" "reading" {
  statement {
    sid       = "Reading"
    actions   = var.round > 1 ? ["lambda:GetFunction", "lambda:ListFunctions"] : ["lambda:ListFunctions"]
    resources = ["*"]
    condition {
      test     = "StringEquals"
      variable = "aws:ResourceTag/team"
      values   = ["$${aws:PrincipalTag/team}"]
    }
  }
}

data "aws_iam_policy_document" "web" {
  statement {
    actions = ["sts:AssumeRoleWithWebIdentity"]
    principals {
      type        = "Federated"
      identifiers = [aws_iam_openid_connect_provider.id.arn]
    }
    condition {
      test     = "StringEquals"
      variable = "id.example.com:aud"
      values   = ["martlet"]
    }
  }
}

resource "aws_iam_policy" "most" {
  name        = "terraform-most"
  path        = "/bounds/"
  description = "the most that anybody may"
  policy      = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "lambda:*", Resource = "*" }] })
  tags        = { team = "blue" }
}

resource "aws_iam_policy" "reading" {
  name   = "terraform-reading"
  policy = data.aws_iam_policy_document.reading.json
}

resource "aws_iam_user" "ada" {
  name                 = "terraform-ada"
  path                 = "/people/"
  permissions_boundary = aws_iam_policy.most.arn
  tags                 = { team = "blue", round = var.round }
}

resource "aws_iam_access_key" "ada" {
  user   = aws_iam_user.ada.name
  status = var.round > 1 ? "Inactive" : "Active"
}

resource "aws_iam_user_policy" "own" {
  name   = "own"
  user   = aws_iam_user.ada.name
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Resource = "*" }] })
}

resource "aws_iam_user_policy_attachment" "reading" {
  user       = aws_iam_user.ada.name
  policy_arn = aws_iam_policy.reading.arn
}

resource "aws_iam_role" "worker" {
  name                 = "terraform-worker"
  description          = "round ${var.round}"
  assume_role_policy   = data.aws_iam_policy_document.trust.json
  max_session_duration = 3600 * var.round
  permissions_boundary = aws_iam_policy.most.arn
  tags                 = { team = "blue" }
}

resource "aws_iam_role_policy_attachment" "worker" {
  role       = aws_iam_role.worker.name
  policy_arn = aws_iam_policy.reading.arn
}

resource "aws_iam_role_policy" "worker" {
  name_prefix = "own-"
  role        = aws_iam_role.worker.id
  policy      = data.aws_iam_policy_document.reading.json
}

resource "aws_iam_openid_connect_provider" "id" {
  url             = "https://id.example.com"
  client_id_list  = var.round > 1 ? ["martlet", "other"] : ["martlet"]
  thumbprint_list = [var.round > 1 ? "0123456789abcdef0123456789abcdef01234567" : "abcdef0123456789abcdef0123456789abcdef01"]
  tags            = { round = var.round }
}

resource "aws_iam_role" "web" {
  name               = "terraform-web"
  assume_role_policy = data.aws_iam_policy_document.web.json
}

data "aws_iam_role" "worker" { name = aws_iam_role.worker.name }

data "aws_iam_user" "ada" { user_name = aws_iam_user.ada.name }

data "aws_iam_policy" "reading" { name = aws_iam_policy.reading.name }

data "aws_iam_openid_connect_provider" "id" { arn = aws_iam_openid_connect_provider.id.arn }

data "aws_iam_principal_policy_simulation" "may" {
  policy_source_arn = aws_iam_user.ada.arn
  action_names      = ["lambda:ListFunctions"]
  depends_on        = [aws_iam_user_policy_attachment.reading]
}

output "key" { value = aws_iam_access_key.ada.id }
