# Everything that a function can have.

locals {
  code   = "${var.round}.zip"
  memory = 128 * (var.round + 1)
}

resource "aws_iam_role" "role" {
  name = "terraform"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "lambda.amazonaws.com" } }]
  })
  tags = { team = "blue" }
}

resource "aws_iam_role_policy_attachment" "basic" {
  role       = aws_iam_role.role.name
  policy_arn = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"
}

resource "aws_iam_policy" "own" {
  name   = "terraform"
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "s3:GetObject", Resource = "*" }] })
}

resource "aws_iam_role_policy_attachment" "own" {
  role       = aws_iam_role.role.name
  policy_arn = aws_iam_policy.own.arn
}

resource "aws_iam_role_policy" "inline" {
  name   = "inline"
  role   = aws_iam_role.role.id
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sqs:*", Resource = "*" }] })
}

resource "aws_cloudwatch_log_group" "logs" {
  name              = "/aws/lambda/terraform"
  retention_in_days = 14
  tags              = { team = "blue" }
}

resource "aws_lambda_layer_version" "layer" {
  layer_name          = "terraform"
  filename            = "layer.zip"
  source_code_hash    = filebase64sha256("layer.zip")
  compatible_runtimes = ["python3.12"]
  description         = "a layer"
}

resource "aws_lambda_function" "function" {
  function_name                  = "terraform"
  role                           = aws_iam_role.role.arn
  runtime                        = "python3.12"
  handler                        = "app.handler"
  filename                       = local.code
  source_code_hash               = filebase64sha256(local.code)
  memory_size                    = local.memory
  timeout                        = 10
  publish                        = true
  layers                         = [aws_lambda_layer_version.layer.arn]
  reserved_concurrent_executions = 3
  description                    = "made by Terraform"
  environment {
    variables = { MODE = "m${local.memory}" }
  }
  ephemeral_storage { size = 600 }
  logging_config {
    log_format = "Text"
    log_group  = aws_cloudwatch_log_group.logs.name
  }
  tags = { team = "blue" }
}

resource "aws_lambda_alias" "live" {
  name             = "live"
  function_name    = aws_lambda_function.function.function_name
  function_version = aws_lambda_function.function.version
}

resource "aws_lambda_permission" "events" {
  statement_id  = "events"
  action        = "lambda:InvokeFunction"
  function_name = aws_lambda_function.function.function_name
  principal     = "events.amazonaws.com"
  source_arn    = "arn:aws:events:eu-west-1:123456789012:rule/nightly"
  qualifier     = aws_lambda_alias.live.name
}

resource "aws_lambda_function_event_invoke_config" "asynchronous" {
  function_name                = aws_lambda_function.function.function_name
  maximum_retry_attempts       = 1
  maximum_event_age_in_seconds = 300
  destination_config {
    on_failure { destination = aws_sqs_queue.dead.arn }
    on_success { destination = aws_sqs_queue.queue.arn }
  }
}

resource "aws_lambda_layer_version_permission" "layer" {
  layer_name     = aws_lambda_layer_version.layer.layer_name
  version_number = aws_lambda_layer_version.layer.version
  statement_id   = "other"
  principal      = "123456789012"
  action         = "lambda:GetLayerVersion"
}

resource "aws_lambda_function_recursion_config" "loops" {
  function_name  = aws_lambda_function.function.function_name
  recursive_loop = local.memory > 300 ? "Allow" : "Terminate"
}

resource "aws_lambda_invocation" "first" {
  function_name = aws_lambda_function.function.function_name
  qualifier     = aws_lambda_alias.live.name
  input         = jsonencode({ round = var.round })
}

resource "aws_cloudwatch_log_stream" "own" {
  name           = "own"
  log_group_name = aws_cloudwatch_log_group.logs.name
}

data "aws_lambda_function" "function" {
  function_name = aws_lambda_function.function.function_name
  qualifier     = aws_lambda_alias.live.name
}

data "aws_lambda_alias" "live" {
  function_name = aws_lambda_function.function.function_name
  name          = aws_lambda_alias.live.name
}

data "aws_lambda_layer_version" "layer" { layer_name = aws_lambda_layer_version.layer.layer_name }

data "aws_lambda_functions" "all" { depends_on = [aws_lambda_function.function] }

resource "aws_sqs_queue" "dead" {
  name = "terraform-dead"
}

resource "aws_sqs_queue" "queue" {
  name                       = "terraform"
  visibility_timeout_seconds = 60
  redrive_policy             = jsonencode({ deadLetterTargetArn = aws_sqs_queue.dead.arn, maxReceiveCount = 3 })
}

resource "aws_lambda_event_source_mapping" "trigger" {
  event_source_arn                   = aws_sqs_queue.queue.arn
  function_name                      = aws_lambda_alias.live.arn
  batch_size                         = local.memory > 300 ? 20 : 10
  maximum_batching_window_in_seconds = 1
  function_response_types            = ["ReportBatchItemFailures"]
  scaling_config { maximum_concurrency = 2 }
  filter_criteria {
    filter { pattern = jsonencode({ body = { kind = ["order"] } }) }
  }
  tags       = { team = "blue" }
  depends_on = [aws_iam_role_policy.inline]
}

resource "aws_lambda_function_url" "url" {
  function_name      = aws_lambda_function.function.function_name
  qualifier          = aws_lambda_alias.live.name
  authorization_type = "AWS_IAM"
  cors {
    allow_origins = ["https://a.example"]
    allow_methods = ["GET", "POST"]
    max_age       = 60
  }
}

output "version" { value = aws_lambda_function.function.version }
