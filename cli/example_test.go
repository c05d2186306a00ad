package cli_test

import (
	"fmt"
	"os"

	"github.com/enlist-dev/enlist/cli"
)

// Run returns the exit status. It writes errors to the second writer.
func ExampleRun() {
	status := cli.Run([]string{"serv"}, os.Stdout, os.Stdout, nil, nil)
	fmt.Println(status)
	// Output:
	// enlist: unknown command serv, did you mean "serve"? Run "enlist --help"
	// 80
}
