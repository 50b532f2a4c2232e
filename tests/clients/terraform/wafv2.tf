# A web ACL with nested statements and all that it names, before a stage, with its log.

variable "limit" { type = number }
variable "default" { type = string }
variable "addresses" { type = list(string) }

resource "aws_wafv2_ip_set" "office" {
  name               = "terraform-office"
  description        = "who sits there"
  scope              = "REGIONAL"
  ip_address_version = "IPV4"
  addresses          = var.addresses
  tags               = { team = "terraform" }
}

resource "aws_wafv2_regex_pattern_set" "bots" {
  name  = "terraform-bots"
  scope = "REGIONAL"

  regular_expression { regex_string = "(?i)curl" }
  regular_expression { regex_string = "^python-requests/[0-9.]+$" }
}

resource "aws_wafv2_rule_group" "shared" {
  name     = "terraform-shared"
  scope    = "REGIONAL"
  capacity = 200

  rule {
    name     = "xss"
    priority = 1
    action {
      block {
        custom_response {
          response_code            = 400
          custom_response_body_key = "no"
          response_header {
            name  = "x-blocked"
            value = "xss"
          }
        }
      }
    }
    rule_label { name = "found:xss" }
    statement {
      xss_match_statement {
        field_to_match {
          json_body {
            match_pattern { included_paths = ["/a", "/b/0"] }
            match_scope               = "VALUE"
            invalid_fallback_behavior = "EVALUATE_AS_STRING"
            oversize_handling         = "MATCH"
          }
        }
        text_transformation {
          priority = 0
          type     = "URL_DECODE_UNI"
        }
        text_transformation {
          priority = 1
          type     = "HTML_ENTITY_DECODE"
        }
      }
    }
    visibility_config {
      cloudwatch_metrics_enabled = true
      metric_name                = "xss"
      sampled_requests_enabled   = true
    }
  }

  custom_response_body {
    key          = "no"
    content      = "{\"message\": \"no\"}"
    content_type = "APPLICATION_JSON"
  }

  visibility_config {
    cloudwatch_metrics_enabled = true
    metric_name                = "shared"
    sampled_requests_enabled   = false
  }
}

resource "aws_wafv2_web_acl" "edge" {
  name          = "terraform-edge"
  description   = "before everything"
  scope         = "REGIONAL"
  token_domains = ["example.com"]
  tags          = { team = "terraform" }

  default_action {
    dynamic "allow" {
      for_each = var.default == "allow" ? [1] : []
      content {}
    }
    dynamic "block" {
      for_each = var.default == "block" ? [1] : []
      content {}
    }
  }

  association_config {
    request_body {
      api_gateway { default_size_inspection_limit = "KB_64" }
    }
  }
  captcha_config {
    immunity_time_property { immunity_time = 120 }
  }
  challenge_config {
    immunity_time_property { immunity_time = 600 }
  }

  rule {
    name     = "shared"
    priority = 0
    override_action {
      none {}
    }
    statement {
      rule_group_reference_statement {
        arn = aws_wafv2_rule_group.shared.arn
        rule_action_override {
          name = "xss"
          action_to_use {
            count {}
          }
        }
      }
    }
    visibility_config {
      cloudwatch_metrics_enabled = true
      metric_name                = "shared"
      sampled_requests_enabled   = true
    }
  }

  rule {
    name     = "strangers"
    priority = 1
    action {
      captcha {}
    }
    statement {
      and_statement {
        statement {
          not_statement {
            statement {
              ip_set_reference_statement {
                arn = aws_wafv2_ip_set.office.arn
                ip_set_forwarded_ip_config {
                  header_name       = "X-Forwarded-For"
                  fallback_behavior = "MATCH"
                  position          = "FIRST"
                }
              }
            }
          }
        }
        statement {
          or_statement {
            statement {
              regex_pattern_set_reference_statement {
                arn = aws_wafv2_regex_pattern_set.bots.arn
                field_to_match {
                  single_header { name = "user-agent" }
                }
                text_transformation {
                  priority = 0
                  type     = "NONE"
                }
              }
            }
            statement {
              byte_match_statement {
                search_string         = "/admin"
                positional_constraint = "STARTS_WITH"
                field_to_match {
                  uri_path {}
                }
                text_transformation {
                  priority = 0
                  type     = "LOWERCASE"
                }
              }
            }
            statement {
              label_match_statement {
                scope = "LABEL"
                key   = "found:xss"
              }
            }
          }
        }
      }
    }
    visibility_config {
      cloudwatch_metrics_enabled = true
      metric_name                = "strangers"
      sampled_requests_enabled   = true
    }
  }

  rule {
    name     = "rate"
    priority = 2
    action {
      block {}
    }
    statement {
      rate_based_statement {
        limit                 = var.limit
        evaluation_window_sec = 60
        aggregate_key_type    = "CUSTOM_KEYS"
        custom_key {
          header {
            name = "x-tenant"
            text_transformation {
              priority = 0
              type     = "NONE"
            }
          }
        }
        custom_key {
          ip {}
        }
        scope_down_statement {
          size_constraint_statement {
            comparison_operator = "GT"
            size                = 100
            field_to_match {
              body { oversize_handling = "MATCH" }
            }
            text_transformation {
              priority = 0
              type     = "NONE"
            }
          }
        }
      }
    }
    visibility_config {
      cloudwatch_metrics_enabled = true
      metric_name                = "rate"
      sampled_requests_enabled   = true
    }
  }

  rule {
    name     = "sqli"
    priority = 3
    action {
      count {
        custom_request_handling {
          insert_header {
            name  = "sqli"
            value = "perhaps"
          }
        }
      }
    }
    statement {
      sqli_match_statement {
        sensitivity_level = "HIGH"
        field_to_match {
          headers {
            match_pattern { excluded_headers = ["cookie"] }
            match_scope       = "VALUE"
            oversize_handling = "NO_MATCH"
          }
        }
        text_transformation {
          priority = 0
          type     = "REPLACE_COMMENTS"
        }
      }
    }
    visibility_config {
      cloudwatch_metrics_enabled = true
      metric_name                = "sqli"
      sampled_requests_enabled   = true
    }
  }

  visibility_config {
    cloudwatch_metrics_enabled = true
    metric_name                = "edge"
    sampled_requests_enabled   = true
  }
}

resource "aws_api_gateway_rest_api" "pets" { name = "terraform-protected" }

resource "aws_api_gateway_method" "get" {
  rest_api_id   = aws_api_gateway_rest_api.pets.id
  resource_id   = aws_api_gateway_rest_api.pets.root_resource_id
  http_method   = "GET"
  authorization = "NONE"
}

resource "aws_api_gateway_integration" "get" {
  rest_api_id = aws_api_gateway_rest_api.pets.id
  resource_id = aws_api_gateway_rest_api.pets.root_resource_id
  http_method = aws_api_gateway_method.get.http_method
  type        = "MOCK"
}

resource "aws_api_gateway_deployment" "pets" {
  rest_api_id = aws_api_gateway_rest_api.pets.id
  depends_on  = [aws_api_gateway_integration.get]
}

resource "aws_api_gateway_stage" "prod" {
  rest_api_id   = aws_api_gateway_rest_api.pets.id
  deployment_id = aws_api_gateway_deployment.pets.id
  stage_name    = "prod"
}

resource "aws_wafv2_web_acl_association" "prod" {
  resource_arn = aws_api_gateway_stage.prod.arn
  web_acl_arn  = aws_wafv2_web_acl.edge.arn
}

resource "aws_wafv2_web_acl_logging_configuration" "edge" {
  resource_arn            = aws_wafv2_web_acl.edge.arn
  log_destination_configs = ["arn:aws:logs:us-east-1:000000000000:log-group:aws-waf-logs-terraform"]

  redacted_fields {
    single_header { name = "authorization" }
  }
  redacted_fields {
    query_string {}
  }
  logging_filter {
    default_behavior = "DROP"
    filter {
      behavior    = "KEEP"
      requirement = "MEETS_ANY"
      condition {
        action_condition { action = "BLOCK" }
      }
      condition {
        label_name_condition { label_name = "awswaf:000000000000:rulegroup:terraform-shared:found:xss" }
      }
    }
  }
}

output "acl" { value = aws_wafv2_web_acl.edge.arn }
output "capacity" { value = aws_wafv2_web_acl.edge.capacity }
output "api" { value = aws_api_gateway_rest_api.pets.id }
