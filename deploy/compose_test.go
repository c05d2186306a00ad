package deploy_test

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/compose-spec/compose-go/v2/cli"
	"github.com/compose-spec/compose-go/v2/types"
)

// compose loads a Compose file with the loader and the schema of Docker Compose.
func compose(t *testing.T, file string) (*types.Project, error) {
	t.Helper()
	options, err := cli.NewProjectOptions([]string{file}, cli.WithName("enlist"), cli.WithProfiles([]string{"*"}))
	if err != nil {
		t.Fatal(err)
	}
	return options.LoadProject(context.Background())
}

// The Compose file is valid, and the files that it mounts exist. Enlist has no right that it does
// not need.
func TestCompose(t *testing.T) {
	project, err := compose(t, "compose.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for name, config := range project.Configs {
		if _, err := os.Stat(config.File); err != nil {
			t.Errorf("config %s: %v", name, err)
		}
	}
	for name, service := range project.Services {
		for _, secret := range service.Secrets {
			if _, there := project.Secrets[secret.Source]; !there {
				t.Errorf("%s: no secret %s", name, secret.Source)
			}
		}
	}
	enlist, err := project.GetService("enlist")
	if err != nil {
		t.Fatal(err)
	}
	config := read(t, "enlist.yaml")
	for what, holds := range map[string]bool{
		"a read-only root":              enlist.ReadOnly,
		"no capabilities":               slices.Equal(enlist.CapDrop, []string{"ALL"}) && len(enlist.CapAdd) == 0,
		"no new privileges":             slices.Contains(enlist.SecurityOpt, "no-new-privileges:true"),
		"a user that is not root":       enlist.User == "65532:65532",
		"a limit of memory":             enlist.Deploy.Resources.Limits.MemoryBytes > 0,
		"two replicas":                  *enlist.Deploy.Replicas == 2,
		"time to stop":                  time.Duration(*enlist.StopGracePeriod) > stopTime(t, config)+5*time.Second,
		"a health check of its own":     slices.Equal(enlist.HealthCheck.Test, []string{"CMD", "/enlist", "health", "--address", "127.0.0.1:9091"}),
		"no port beyond this machine":   !slices.ContainsFunc(enlist.Ports, func(port types.ServicePortConfig) bool { return port.HostIP != "127.0.0.1" }),
		"no port for operators outside": !slices.ContainsFunc(enlist.Ports, func(port types.ServicePortConfig) bool { return port.Target == 9091 }),
	} {
		if !holds {
			t.Errorf("enlist has not: %s", what)
		}
	}
	t.Run("configuration", func(t *testing.T) { checkConfiguration(t, config, "/run/secrets/") })
}

func TestComposeIsChecked(t *testing.T) {
	folder := t.TempDir()
	for name, text := range map[string]string{
		"a misspelt field": mustReplace(t, read(t, "compose.yaml"), "read_only:", "readonly:"),
		"a missing secret": mustReplace(t, read(t, "compose.yaml"), "secrets: [postgres_password]", "secrets: [other]"),
	} {
		if _, err := compose(t, write(t, filepath.Join(folder, "compose.yaml"), text)); err == nil {
			t.Errorf("%s is taken", name)
		} else if !strings.Contains(err.Error(), "readonly") && !strings.Contains(err.Error(), "other") {
			t.Errorf("%s: %v", name, err)
		}
	}
}
