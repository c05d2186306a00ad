package server_test

import (
	"io"
	"net/http"
	"os"
	"strings"
	"testing"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	configv1 "github.com/enlist-dev/enlist/gen/go/enlist/config/v1"
	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/providers"
)

// The tests in browser/console drive the console in Chromium.
func TestConsoleInABrowser(t *testing.T) {
	inABrowser(t, "console")
}

// A disabled console is a path that does not exist, and no error offers it.
func TestConsoleDisabled(t *testing.T) {
	for _, disabled := range []bool{false, true} {
		r := start(t, func(config *configv1.Config, _ map[string]providers.Provider) { config.Http.DisableConsole = disabled })
		for path, exists := range map[string]bool{"/console": !disabled, "/console/": !disabled, "/console/main.js": !disabled, "/nothing": false} {
			response, err := http.Get(r.restURL + path)
			if err != nil {
				t.Fatal(err)
			}
			text, err := io.ReadAll(response.Body)
			response.Body.Close()
			if err != nil || (response.StatusCode == http.StatusOK) != exists {
				t.Errorf("disabled %t: %s is %s, %v", disabled, path, response.Status, err)
			}
			if !exists && !strings.Contains(string(text), "RPC_NOT_SUPPORTED") || strings.Contains(string(text), ", /console/. ") == disabled && !exists {
				t.Errorf("disabled %t: %s returns %s", disabled, path, text)
			}
		}
	}
}

// The console has words for each value of the contract that it shows, and knows whose a reason is.
func TestConsoleKnowsTheContract(t *testing.T) {
	text, err := os.ReadFile("console/page/words.js")
	if err != nil {
		t.Fatal(err)
	}
	words := string(text)
	for _, enum := range []protoreflect.Enum{
		enlistv1.OperationState(0), enlistv1.OperationReason(0), enlistv1.TryKind(0), enlistv1.SendStage(0), enlistv1.CandidateMatch(0),
		enlistv1.Decision(0), enlistv1.BreakerState(0), enlistv1.CredentialState(0), enlistv1.DuplicateSafetyClass(0),
	} {
		values := enum.Descriptor().Values()
		for i := range values.Len() {
			if name := string(values.Get(i).Name()); i > 0 && !strings.Contains(words, "\n  "+name+": ") {
				t.Errorf("words.js has no words for %s", name)
			}
			if name := string(values.Get(i).Name()); enum.Descriptor().Name() == "OperationReason" && i > 0 {
				actor, _ := proto.GetExtension(values.Get(i).Options(), enlistv1.E_NextActor).(enlistv1.Actor)
				if isUnknown := strings.Contains(words, "'"+name+"'"); isUnknown != (actor == enlistv1.Actor_ACTOR_ENLIST) {
					t.Errorf("words.js says of %s that its state is unknown: %t", name, isUnknown)
				}
			}
		}
	}
}
