# What all applications need; each is applied in two rounds.
terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}

provider "aws" {
  skip_region_validation  = true
  skip_metadata_api_check = true
}

variable "round" { type = number }
