package server_test

import (
	"bytes"
	"flag"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"io"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
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

// pictures says whether to take the pictures of the console.
var pictures = flag.Bool("pictures", false, "take the pictures of the console for docs/operations.md")

func TestConsolePictures(t *testing.T) {
	if !*pictures {
		t.Skip("make pictures")
	}
	inABrowser(t, "pictures", "PICTURES=../docs")
	taken, err := filepath.Glob("../docs/console-*.png")
	if err != nil || len(taken) == 0 {
		t.Fatal("no pictures", err)
	}
	for _, file := range taken {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		shown, err := png.Decode(bytes.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		var small bytes.Buffer
		if err := (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&small, withFewColours(shown)); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, small.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// withFewColours returns a picture with its most frequent colours.
func withFewColours(shown image.Image) image.Image {
	bounds, seen := shown.Bounds(), map[color.Color]int{}
	for y := bounds.Min.Y; y < bounds.Max.Y; y++ {
		for x := bounds.Min.X; x < bounds.Max.X; x++ {
			seen[shown.At(x, y)]++
		}
	}
	palette := slices.SortedFunc(maps.Keys(seen), func(a, b color.Color) int { return seen[b] - seen[a] })
	few := image.NewPaletted(bounds, palette[:min(len(palette), 256)])
	draw.Draw(few, bounds, shown, bounds.Min, draw.Src)
	return few
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
