package vendorhttp

import (
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"unicode"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
)

// Preview returns a request exactly as Call sends it, with placeholders for secrets and without
// trace headers.
func (c *Client) Preview(request *Request) *enlistv1.VendorRequest {
	names := placeholders{provider: c.provider}
	preview := c.preview(request, &names)
	if names.lengthen(preview) {
		preview = c.preview(request, &names)
	}
	preview.Placeholders = names.all()
	return preview
}

func (c *Client) preview(request *Request, names *placeholders) *enlistv1.VendorRequest {
	body := request.Body
	if request.RedactedBody != nil {
		body = request.RedactedBody(names.ofField)
	}
	preview := &enlistv1.VendorRequest{Method: request.Method, Url: c.previewURL(request, names), Body: string(body)}
	headers := request.headers()
	for _, name := range slices.Sorted(maps.Keys(headers)) {
		for _, value := range headers[name] {
			if secret, is := request.Secrets[name]; is {
				value = secret.Before + names.ofSetting(secret.Setting)
			}
			preview.Headers = append(preview.Headers, &enlistv1.VendorRequest_Header{Name: name, Value: value})
		}
	}
	return preview
}

func (c *Client) previewURL(request *Request, names *placeholders) string {
	shown := *request
	shown.Query = url.Values(http.Header(request.Query).Clone())
	target := c.url(&shown)
	for name, secret := range request.Secrets {
		if value := shown.Query.Get(name); value != "" {
			target = strings.Replace(target, url.QueryEscape(name)+"="+url.QueryEscape(value), url.QueryEscape(name)+"="+names.ofSetting(secret.Setting), 1)
		}
	}
	return target
}

// placeholders names the secrets of one request. A placeholder is a variable of a shell that no
// other text of the request contains.
type placeholders struct {
	provider string
	secrets  []placed
}

// placed is a secret that a preview has a placeholder for.
type placed struct {
	secret, placeholder string
	times               int
}

// ofSetting returns the placeholder of a setting of the provider.
func (p *placeholders) ofSetting(setting string) string { return p.of(p.provider + "." + setting) }

// ofField returns the placeholder of a secret field of a vendor's message: that of the setting or
// the field of the request that fills it.
func (p *placeholders) ofField(field protoreflect.FieldDescriptor) string {
	source, _ := proto.GetExtension(field.Options(), enlistv1.E_Source).(*enlistv1.FieldSource)
	if source.GetPath() != "" {
		return p.of("request." + strings.ReplaceAll(source.GetPath(), "[*]", ""))
	}
	return p.ofSetting(source.GetSetting())
}

func (p *placeholders) of(secret string) string {
	at := slices.IndexFunc(p.secrets, func(one placed) bool { return one.secret == secret })
	if at < 0 {
		placeholder := "$" + strings.Map(inVariable, secret)
		for slices.Contains(p.all(), placeholder[1:]) { // a provider may be called request-avvio
			placeholder = "$_" + placeholder[1:]
		}
		at, p.secrets = len(p.secrets), append(p.secrets, placed{secret: secret, placeholder: placeholder})
	}
	p.secrets[at].times++
	return p.secrets[at].placeholder
}

// inVariable returns the form of a character in the name of a variable.
func inVariable(r rune) rune {
	r = unicode.ToUpper(r)
	if r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' {
		return r
	}
	return '_'
}

// all returns the names of the placeholders, sorted.
func (p *placeholders) all() []string {
	var names []string
	for _, one := range p.secrets {
		names = append(names, one.placeholder[1:])
	}
	slices.Sort(names)
	return names
}

// lengthen adds underscores to each placeholder that another text of the preview contains, so that
// none does. It reports whether it changed any.
func (p *placeholders) lengthen(preview *enlistv1.VendorRequest) (changed bool) {
	texts := []string{preview.GetUrl(), preview.GetBody()}
	for _, header := range preview.GetHeaders() {
		texts = append(texts, header.GetValue())
	}
	for i := range p.secrets {
		one, times := &p.secrets[i], 0
		for _, text := range texts {
			times += strings.Count(text, one.placeholder)
		}
		if times == one.times {
			continue
		}
		most := 0
		for _, text := range texts {
			for _, after := range strings.Split(text, one.placeholder)[1:] {
				most = max(most, len(after)-len(strings.TrimLeft(after, "_")))
			}
		}
		one.placeholder, changed = one.placeholder+strings.Repeat("_", most+1), true
	}
	return changed
}
