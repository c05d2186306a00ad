package config_test

import (
	"errors"
	"fmt"
	"os"

	"github.com/enlist-dev/enlist/server/config"
)

const file = `
journal: {sqlite: {path: enlist.db}}
providers:
- name: orders
  caliq: {base_url: "https://caliq.example.com", api_key: "${CALIQ_KEY}"}
`

func environment(name string) (string, bool) { return "secret", name == "CALIQ_KEY" }

// Secrets come from the environment or from files. Defaults are set.
func ExampleParse() {
	parsed, err := config.Parse("enlist.yaml", []byte(file), environment, os.ReadFile)
	fmt.Println(parsed.GetProviders()[0].GetName(), parsed.GetProviders()[0].GetCaliq().GetApiKey(), parsed.GetGrpc().GetAddress(), err)
	// Output: orders secret 127.0.0.1:9090 <nil>
}

// The error lists everything that is wrong.
func ExampleInvalid() {
	_, err := config.Parse("enlist.yaml", []byte(file+"log: {level: LOUD}\nlimits: {max_call: 5}\n"), environment, os.ReadFile)
	var invalid *config.Invalid
	if errors.As(err, &invalid) {
		for _, problem := range invalid.Problems {
			fmt.Println(problem)
		}
	}
	// Output:
	// line 6: log.level must be one of LEVEL_DEBUG, LEVEL_INFO, LEVEL_WARN, LEVEL_ERROR
	// line 7: limits.max_call is not a setting. Use one of: max_calls, max_connections, max_streams
}
