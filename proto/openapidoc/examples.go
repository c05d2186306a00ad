package main

import (
	_ "embed"
	"encoding/json"
)

// sample is a request that works verbatim against `enlist demo`. A test of the server sends each.
type sample struct {
	Name       string
	Summary    string
	Parameters map[string]any
	Body       json.RawMessage
}

// recorded holds the server's responses, without what changes between calls. That test writes it.
type recorded struct {
	Answers map[string]json.RawMessage // by RPC and name of the sample
	Errors  map[string]json.RawMessage // by reason
}

//go:embed examples.json
var samplesJSON []byte

//go:embed answers.json
var recordedJSON []byte

func readExamples() (samples map[string][]sample, answers recorded, err error) {
	if err := json.Unmarshal(samplesJSON, &samples); err != nil {
		return nil, recorded{}, err
	}
	return samples, answers, json.Unmarshal(recordedJSON, &answers)
}
