package caliq

import (
	"encoding/xml"
	"net/http"
	"strings"

	"github.com/enlist-dev/enlist/sandbox/engine"
)

// authenticated reads the body and checks the key in it. A missing key counts as a wrong one.
func (q *service) authenticated(root string, form []field, serve func(*engine.Call, map[string]any) engine.Response) func(*engine.Call) engine.Response {
	return func(c *engine.Call) engine.Response {
		read := readJSON
		switch {
		case isXML(c.MediaType()):
			read = readXML
		case c.MediaType() != "application/json" && c.MediaType() != "text/json":
			return q.message(c, http.StatusUnsupportedMediaType, "The request entity's media type is not supported for this resource.")
		}
		given, err := read(c.Body, root, form)
		if err != nil {
			return q.message(c, http.StatusBadRequest, "The request is invalid: "+err.Error())
		}
		if c.Refused || given["apiKey"] != q.Credentials.APIKey {
			return q.message(c, http.StatusUnauthorized, "Authorization has been denied for this request.")
		}
		delete(given, "apiKey")
		return serve(c, given)
	}
}

func isXML(mediaType string) bool { return mediaType == "application/xml" || mediaType == "text/xml" }

// wantsXML goes by Accept, and if that names neither form, by the request.
func wantsXML(c *engine.Call) bool {
	accept := strings.ToLower(c.Header.Get("Accept"))
	x, j := strings.Index(accept, "/xml"), strings.Index(accept, "/json")
	switch {
	case x >= 0 && j >= 0:
		return x < j
	case x >= 0 || j >= 0:
		return x >= 0
	}
	return isXML(c.MediaType())
}

// reply encodes a result in the form that the caller wants.
func (q *service) reply(c *engine.Call, status int, result any) engine.Response {
	if !wantsXML(c) {
		return engine.JSONResponse(status, result)
	}
	body, err := xml.Marshal(result)
	if err != nil {
		panic(err) // the results are plain structs
	}
	return engine.NewResponse(status, "application/xml; charset=utf-8", body)
}

func (q *service) message(c *engine.Call, status int, text string) engine.Response {
	return q.reply(c, status, failure{Message: text})
}

type failure struct {
	XMLName xml.Name `json:"-" xml:"Error"`
	Message string   `json:"Message" xml:"Message"`
}
