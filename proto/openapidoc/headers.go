package main

// headerNames maps the names of header components to the names of the headers.
var headerNames = map[string]string{ //nolint:gochecknoglobals // a constant
	"XRequestId": "X-Request-Id", "RetryAfter": "Retry-After", "WWWAuthenticate": "WWW-Authenticate",
	"Accept": "Accept", "AcceptEncoding": "Accept-Encoding",
}

// parameters returns the headers of requests.
func parameters() *object {
	return with(
		"IdempotencyKey", with("name", "Idempotency-Key", "in", "header", "schema", with("type", "string", "format", "uuid", "pattern", uuid),
			"description", "The same as `requestId` in the body. If both are set, they must be equal."),
		"GrpcTimeout", with("name", "Grpc-Timeout", "in", "header",
			"schema", with("type", "string", "pattern", "^0*[1-9][0-9]{0,15}[HMSmun]$"),
			"description", "The deadline of the call: a whole number and a unit (H, M, S, m for milliseconds, u, n), such as `30S`. Default: the server's."),
		"XRequestId", with("name", "X-Request-Id", "in", "header", "schema", with("type", "string"),
			"description", "Your id for this call, up to 128 letters, digits and `._:/-`. The log and the response have it. An invalid id is replaced."),
	)
}

// answerHeaders returns the headers of responses.
func answerHeaders() *object {
	return with(
		"XRequestId", with("description", "The id of the call: the caller's, or one that the server generated. The log calls it `call_id`.",
			"schema", with("type", "string", "pattern", "^[A-Za-z0-9._:/-]{1,128}$")),
		"RetryAfter", with("description", "The delay of RetryInfo in whole seconds, rounded up.",
			"schema", with("type", "integer", "minimum", 1)),
		"Accept", with("description", "The media type of request bodies.", "schema", with("type", "string", "const", "application/json")),
		"AcceptEncoding", with("description", "`identity`, if the request had a Content-Encoding: the server reads only unencoded bodies.",
			"schema", with("type", "string", "const", "identity")),
		"WWWAuthenticate", with("description", "How to authenticate (RFC 6750).", "schema", with("type", "string", "pattern", "^Bearer")),
	)
}
