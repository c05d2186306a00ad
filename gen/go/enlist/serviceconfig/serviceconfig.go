// Code generated from proto/serviceconfig.json. DO NOT EDIT.

// Package serviceconfig has the gRPC service config for callers of Enlist.
package serviceconfig

import _ "google.golang.org/grpc/health" // the service config checks health

// JSON is for grpc.WithDefaultServiceConfig; docs/clients.md says what is in it.
const JSON = `{
  "loadBalancingConfig": [{"round_robin": {}}],
  "healthCheckConfig": {"serviceName": "enlist.v1.CustomerService"},
  "methodConfig": [
    {
      "name": [{"service": "enlist.v1.CustomerService", "method": "CreateCustomer"}],
      "waitForReady": true,
      "timeout": "60s"
    },
    {
      "name": [{"service": "enlist.v1.PrivacyService", "method": "EraseCustomerData"}],
      "waitForReady": true,
      "timeout": "60s"
    },
    {
      "name": [{"service": "enlist.v1.OperationService", "method": "ResolveOperation"}],
      "waitForReady": true,
      "timeout": "30s"
    },
    {
      "name": [
        {"service": "enlist.v1.CustomerService", "method": "GetCustomer"},
        {"service": "enlist.v1.CustomerService", "method": "ListContractors"},
        {"service": "enlist.v1.PrivacyService", "method": "ExportCustomerData"}
      ],
      "timeout": "60s",
      "retryPolicy": {
        "maxAttempts": 4,
        "initialBackoff": "0.2s",
        "maxBackoff": "5s",
        "backoffMultiplier": 3,
        "retryableStatusCodes": ["UNAVAILABLE"]
      }
    },
    {
      "name": [
        {"service": "enlist.v1.ProviderService", "method": "ListProviders"},
        {"service": "enlist.v1.ProviderService", "method": "GetProvider"},
        {"service": "enlist.v1.OperationService", "method": "GetOperation"},
        {"service": "enlist.v1.OperationService", "method": "ListOperations"}
      ],
      "timeout": "30s",
      "retryPolicy": {
        "maxAttempts": 4,
        "initialBackoff": "0.2s",
        "maxBackoff": "5s",
        "backoffMultiplier": 3,
        "retryableStatusCodes": ["UNAVAILABLE"]
      }
    },
    {
      "name": [{"service": "enlist.v1.OperationService", "method": "WaitOperation"}],
      "waitForReady": true,
      "timeout": "310s",
      "retryPolicy": {
        "maxAttempts": 4,
        "initialBackoff": "0.2s",
        "maxBackoff": "5s",
        "backoffMultiplier": 3,
        "retryableStatusCodes": ["UNAVAILABLE"]
      }
    }
  ],
  "retryThrottling": {"maxTokens": 100, "tokenRatio": 0.1}
}`
