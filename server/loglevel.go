package server

import (
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"strings"

	configv1 "github.com/enlist-dev/enlist/gen/go/enlist/config/v1"
)

// LevelOf returns the slog level of a configured level.
func LevelOf(level configv1.Log_Level) slog.Level {
	switch level {
	case configv1.Log_LEVEL_DEBUG:
		return slog.LevelDebug
	case configv1.Log_LEVEL_WARN:
		return slog.LevelWarn
	case configv1.Log_LEVEL_ERROR:
		return slog.LevelError
	default:
		return slog.LevelInfo
	}
}

// logLevel shows and changes the level of the log while the server runs.
type logLevel struct {
	level *slog.LevelVar
	log   *slog.Logger
}

// shownLevel is the form of a level in a request and in a response.
type shownLevel struct {
	Level string `json:"level"`
}

func (l logLevel) show(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	// This fails only when the caller is gone.
	_ = json.NewEncoder(w).Encode(shownLevel{"LEVEL_" + l.level.Level().String()})
}

func (l logLevel) change(w http.ResponseWriter, request *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, request.Body, 1<<10))
	wanted, known := levelIn(body)
	if err != nil || !known {
		http.Error(w, `the body must be debug, info, warn or error, or {"level":"LEVEL_DEBUG"}`, http.StatusBadRequest)
		return
	}
	before := l.level.Level()
	l.level.Set(min(before, wanted)) // so that one of the two levels permits the line
	l.log.WarnContext(request.Context(), "changed the log level", "from", before.String(), "to", wanted.String())
	l.level.Set(wanted)
	l.show(w, request)
}

// levelIn reads a level in the form {"level":"LEVEL_DEBUG"}, LEVEL_DEBUG or debug.
func levelIn(body []byte) (level slog.Level, known bool) {
	given := shownLevel{Level: strings.TrimSpace(string(body))}
	if strings.HasPrefix(given.Level, "{") && json.Unmarshal(body, &given) != nil {
		return 0, false
	}
	name := "LEVEL_" + strings.TrimPrefix(strings.ToUpper(given.Level), "LEVEL_")
	value, known := configv1.Log_Level_value[name]
	return LevelOf(configv1.Log_Level(value)), known && value != 0
}
