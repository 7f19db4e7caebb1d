# Queues, topics, buses, schedules and state machines, leading to one another.

data "aws_caller_identity" "me" {}

resource "aws_iam_role" "sender" {
  name = "terraform-sender"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = ["events.amazonaws.com", "scheduler.amazonaws.com", "states.amazonaws.com"] }
    }]
  })
}

resource "aws_iam_role_policy" "sender" {
  name   = "send"
  role   = aws_iam_role.sender.id
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "*", Resource = "*" }] })
}

resource "aws_sqs_queue" "dead" {
  name                      = "terraform-dead"
  message_retention_seconds = 1209600
  tags                      = { team = "blue" }
}

resource "aws_sqs_queue" "inbox" {
  name                       = "terraform-inbox"
  visibility_timeout_seconds = 30 * var.round
  delay_seconds              = 1
  receive_wait_time_seconds  = 5
  max_message_size           = 65536
  sqs_managed_sse_enabled    = true
  tags                       = { round = var.round }
}

resource "aws_sqs_queue_redrive_policy" "inbox" {
  queue_url      = aws_sqs_queue.inbox.id
  redrive_policy = jsonencode({ deadLetterTargetArn = aws_sqs_queue.dead.arn, maxReceiveCount = 4 })
}

resource "aws_sqs_queue_redrive_allow_policy" "dead" {
  queue_url            = aws_sqs_queue.dead.id
  redrive_allow_policy = jsonencode({ redrivePermission = "byQueue", sourceQueueArns = [aws_sqs_queue.inbox.arn] })
}

resource "aws_sqs_queue_policy" "inbox" {
  queue_url = aws_sqs_queue.inbox.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "senders"
      Effect    = "Allow"
      Action    = "sqs:SendMessage"
      Resource  = aws_sqs_queue.inbox.arn
      Principal = { Service = ["events.amazonaws.com", "sns.amazonaws.com"] }
      Condition = { ArnLike = { "aws:SourceArn" = [aws_cloudwatch_event_rule.orders.arn, aws_sns_topic.news.arn] } }
    }]
  })
}

resource "aws_sqs_queue" "ordered" {
  name                        = "terraform-ordered.fifo"
  fifo_queue                  = true
  content_based_deduplication = true
  deduplication_scope         = "messageGroup"
  fifo_throughput_limit       = "perMessageGroupId"
}

resource "aws_sns_topic" "news" {
  name         = "terraform-news"
  display_name = "News ${var.round}"
  delivery_policy = jsonencode({
    http = { defaultHealthyRetryPolicy = { minDelayTarget = 1, maxDelayTarget = 5, numRetries = 3, numMaxDelayRetries = 0,
    numNoDelayRetries = 0, numMinDelayRetries = 0, backoffFunction = "linear" }, disableSubscriptionOverrides = false }
  })
  tags = { team = "blue" }
}

resource "aws_sns_topic_policy" "news" {
  arn = aws_sns_topic.news.arn
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Sid = "events", Effect = "Allow", Action = "sns:Publish", Resource = aws_sns_topic.news.arn, Principal = { Service = "events.amazonaws.com" } }]
  })
}

resource "aws_sns_topic" "ordered" {
  name                        = "terraform-ordered.fifo"
  fifo_topic                  = true
  content_based_deduplication = true
}

resource "aws_sns_topic_subscription" "inbox" {
  topic_arn            = aws_sns_topic.news.arn
  protocol             = "sqs"
  endpoint             = aws_sqs_queue.inbox.arn
  raw_message_delivery = true
  filter_policy_scope  = "MessageBody"
  filter_policy        = jsonencode({ kind = ["round${var.round}"] })
  redrive_policy       = jsonencode({ deadLetterTargetArn = aws_sqs_queue.dead.arn })
}

resource "aws_sns_topic_subscription" "ordered" {
  topic_arn = aws_sns_topic.ordered.arn
  protocol  = "sqs"
  endpoint  = aws_sqs_queue.ordered.arn
}

resource "aws_cloudwatch_event_bus" "shop" {
  name        = "terraform-shop"
  description = "round ${var.round}"
  tags        = { team = "blue" }
}

resource "aws_cloudwatch_event_bus_policy" "shop" {
  event_bus_name = aws_cloudwatch_event_bus.shop.name
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Sid = "own", Effect = "Allow", Action = "events:PutEvents", Resource = aws_cloudwatch_event_bus.shop.arn, Principal = { AWS = "arn:aws:iam::${data.aws_caller_identity.me.account_id}:root" } }]
  })
}

resource "aws_cloudwatch_event_permission" "other" {
  principal    = "123456789012"
  statement_id = "other"
  action       = "events:PutEvents"
}

resource "aws_cloudwatch_event_rule" "orders" {
  name           = "terraform-orders"
  description    = "orders of round ${var.round}"
  event_bus_name = aws_cloudwatch_event_bus.shop.name
  event_pattern  = jsonencode({ source = ["shop"], detail = { round = [{ numeric = [">=", var.round] }] } })
  tags           = { team = "blue" }
}

resource "aws_cloudwatch_event_rule" "hourly" {
  name                = "terraform-hourly"
  schedule_expression = "rate(${var.round + 1} hours)"
  state               = "DISABLED"
}

resource "aws_cloudwatch_event_rule" "nightly" {
  name_prefix         = "terraform-nightly-"
  schedule_expression = "cron(0 3 * * ? *)"
}

resource "aws_cloudwatch_event_target" "inbox" {
  rule           = aws_cloudwatch_event_rule.orders.name
  event_bus_name = aws_cloudwatch_event_bus.shop.name
  target_id      = "inbox"
  arn            = aws_sqs_queue.inbox.arn
  input_transformer {
    input_paths    = { id = "$.detail.id", source = "$.source" }
    input_template = "{\"id\": <id>, \"from\": <source>}"
  }
  retry_policy {
    maximum_event_age_in_seconds = 60 * var.round
    maximum_retry_attempts       = 3
  }
  dead_letter_config { arn = aws_sqs_queue.dead.arn }
}

resource "aws_cloudwatch_event_target" "ordered" {
  rule  = aws_cloudwatch_event_rule.nightly.name
  arn   = aws_sqs_queue.ordered.arn
  input = jsonencode({ round = var.round })
  sqs_target { message_group_id = "night" }
}

resource "aws_cloudwatch_event_target" "topic" {
  rule       = aws_cloudwatch_event_rule.nightly.name
  arn        = aws_sns_topic.news.arn
  input_path = "$.time"
}

resource "aws_cloudwatch_event_target" "machine" {
  rule     = aws_cloudwatch_event_rule.hourly.name
  arn      = aws_sfn_state_machine.flow.arn
  role_arn = aws_iam_role.sender.arn
}

resource "aws_cloudwatch_event_target" "bus" {
  rule     = aws_cloudwatch_event_rule.hourly.name
  arn      = aws_cloudwatch_event_bus.shop.arn
  role_arn = aws_iam_role.sender.arn
}

resource "aws_cloudwatch_event_target" "web" {
  rule     = aws_cloudwatch_event_rule.hourly.name
  arn      = aws_cloudwatch_event_api_destination.web.arn
  role_arn = aws_iam_role.sender.arn
  http_target {
    header_parameters       = { X-Round = tostring(var.round) }
    query_string_parameters = { q = "1" }
  }
}

resource "aws_cloudwatch_event_archive" "shop" {
  name             = "terraform-shop"
  description      = "round ${var.round}"
  event_source_arn = aws_cloudwatch_event_bus.shop.arn
  event_pattern    = jsonencode({ source = ["shop"] })
  retention_days   = 7 * var.round
}

resource "aws_cloudwatch_event_connection" "key" {
  name               = "terraform-key"
  description        = "round ${var.round}"
  authorization_type = "API_KEY"
  auth_parameters {
    api_key {
      key   = "x-key"
      value = "secret-${var.round}"
    }
    invocation_http_parameters {
      header {
        key             = "x-more"
        value           = "more"
        is_value_secret = false
      }
    }
  }
}

resource "aws_cloudwatch_event_connection" "basic" {
  name               = "terraform-basic"
  authorization_type = "BASIC"
  auth_parameters {
    basic {
      username = "ada"
      password = "secret"
    }
  }
}

resource "aws_cloudwatch_event_connection" "oauth" {
  name               = "terraform-oauth"
  authorization_type = "OAUTH_CLIENT_CREDENTIALS"
  auth_parameters {
    oauth {
      authorization_endpoint = "https://id.example/token"
      http_method            = "POST"
      client_parameters {
        client_id     = "martlet"
        client_secret = "secret"
      }
      oauth_http_parameters {
        body {
          key             = "grant_type"
          value           = "client_credentials"
          is_value_secret = false
        }
      }
    }
  }
}

resource "aws_cloudwatch_event_api_destination" "web" {
  name                             = "terraform-web"
  description                      = "round ${var.round}"
  invocation_endpoint              = "https://hooks.example/orders/*"
  http_method                      = "POST"
  invocation_rate_limit_per_second = 20
  connection_arn                   = aws_cloudwatch_event_connection.key.arn
}

resource "aws_scheduler_schedule_group" "jobs" {
  name = "terraform-jobs"
  tags = { team = "blue" }
}

resource "aws_scheduler_schedule" "report" {
  name                         = "terraform-report"
  group_name                   = aws_scheduler_schedule_group.jobs.name
  description                  = "round ${var.round}"
  schedule_expression          = "cron(0 ${var.round} * * ? *)"
  schedule_expression_timezone = "Europe/Berlin"
  start_date                   = "2030-01-01T00:00:00Z"
  flexible_time_window {
    mode                      = "FLEXIBLE"
    maximum_window_in_minutes = 15
  }
  target {
    arn      = aws_sqs_queue.ordered.arn
    role_arn = aws_iam_role.sender.arn
    input    = jsonencode({ round = var.round })
    sqs_parameters { message_group_id = "reports" }
    dead_letter_config { arn = aws_sqs_queue.dead.arn }
    retry_policy {
      maximum_event_age_in_seconds = 600
      maximum_retry_attempts       = 5
    }
  }
}

resource "aws_scheduler_schedule" "once" {
  name                = "terraform-once"
  state               = "DISABLED"
  schedule_expression = "at(2040-01-01T00:00:00)"
  flexible_time_window { mode = "OFF" }
  target {
    arn      = "arn:aws:scheduler:::aws-sdk:sqs:sendMessage"
    role_arn = aws_iam_role.sender.arn
    input    = jsonencode({ QueueUrl = aws_sqs_queue.inbox.url, MessageBody = "once" })
  }
}

resource "aws_cloudwatch_log_group" "flow" {
  name              = "/aws/vendedlogs/states/terraform"
  retention_in_days = 7
}

resource "aws_sfn_activity" "approval" {
  name = "terraform-approval"
  tags = { team = "blue" }
}

resource "aws_sfn_state_machine" "flow" {
  name     = "terraform-flow"
  role_arn = aws_iam_role.sender.arn
  publish  = true
  definition = jsonencode({
    Comment = "round ${var.round}"
    StartAt = "Done"
    States  = { Done = { Type = "Pass", Result = { round = var.round }, End = true } }
  })
  logging_configuration {
    log_destination        = "${aws_cloudwatch_log_group.flow.arn}:*"
    include_execution_data = true
    level                  = "ALL"
  }
  tracing_configuration { enabled = false }
  tags = { team = "blue" }
}

resource "aws_sfn_state_machine" "quick" {
  name     = "terraform-quick"
  role_arn = aws_iam_role.sender.arn
  type     = "EXPRESS"
  definition = jsonencode({
    QueryLanguage = "JSONata"
    StartAt       = "Done"
    States        = { Done = { Type = "Succeed", Output = "{% $states.input.round + ${var.round} %}" } }
  })
}

resource "aws_sfn_alias" "live" {
  name = "live"
  routing_configuration {
    state_machine_version_arn = aws_sfn_state_machine.flow.state_machine_version_arn
    weight                    = 100
  }
}

data "aws_sqs_queue" "inbox" { name = aws_sqs_queue.inbox.name }

data "aws_sns_topic" "news" { name = aws_sns_topic.news.name }

data "aws_cloudwatch_event_bus" "shop" { name = aws_cloudwatch_event_bus.shop.name }

data "aws_cloudwatch_event_connection" "key" { name = aws_cloudwatch_event_connection.key.name }

data "aws_sfn_state_machine" "flow" { name = aws_sfn_state_machine.flow.name }

data "aws_sfn_activity" "approval" { name = aws_sfn_activity.approval.name }

data "aws_sfn_state_machine_versions" "flow" { statemachine_arn = aws_sfn_state_machine.flow.arn }
