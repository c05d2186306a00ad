package examples

import (
	"os/exec"
	"testing"
)

// TestPackages runs the tests of the Python and Node packages, beside the programs that use them.
func TestPackages(t *testing.T) {
	for _, e := range []example{
		{"Python", []string{".tools/examples/python/bin/python", "-m", "unittest", "-b", "examples/python/test_create_customer.py"}, nil, "examples-python"},
		{"Node", []string{"node", "--test", "examples/node/create_customer.test.js"}, []string{"examples/node/node_modules"}, "examples-node"},
	} {
		t.Run(e.language, func(t *testing.T) {
			t.Parallel()
			e.require(t)
			command := exec.CommandContext(t.Context(), e.command[0], e.command[1:]...)
			command.Dir = ".."
			if printed, err := command.CombinedOutput(); err != nil {
				t.Errorf("%v\n%s", err, printed)
			}
		})
	}
}
