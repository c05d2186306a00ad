package sandbox

import (
	"bytes"
	"encoding/json"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// maxImage bounds an image, in bytes.
const maxImage = 2 << 20

// maxValomniaText bounds a text, in characters: the usual column width. What is
// longer fails to be saved. The limit is assumed, the failure documented.
const maxValomniaText = 255

// valomniaForm is a create request, read: values by name, blank ones left out.
type valomniaForm struct {
	values map[string]string
	image  *valomniaImage
}

type valomniaImage struct {
	name, contentType string
	size              int
}

// valomniaParameters are the documented ones but imageFile, by type.
func valomniaParameters() (texts, flags, numbers, integers, ids []string) {
	texts = strings.Fields(`reference name reference2 barcode billingCountry billingCity billingPostalCode billingAddress
		country city postalCode address email phone mobile fax comment website dueDateConfigType taxNumber
		companyRegistrationNumber currency paymentTypes customerRisk customerRiskColor onHoldReason`)
	flags = strings.Fields("isActive isSubCustomer billWithParent isSameAddress onHold useExternalId")
	numbers = strings.Fields("billingLat billingLng latitude longitude creditLimit")
	integers = strings.Fields("dueDateConfigNumber regionId")
	ids = strings.Fields("categoryId parentCustomer customerSegmentationId userId")
	return texts, flags, numbers, integers, ids
}

// parseForm reads an urlencoded or a multipart body.
func (a *valomnia) parseForm(c *call) (valomniaForm, *answer) {
	form := valomniaForm{values: map[string]string{}}
	refuse := func(status int, code, description string) (valomniaForm, *answer) {
		wrong := valomniaError(status, code, description)
		return form, &wrong
	}
	unreadable := func() (valomniaForm, *answer) {
		return refuse(http.StatusInternalServerError, "server_error", "Oops! Something went wrong...")
	}
	var given url.Values
	switch c.mediaType() {
	case "application/x-www-form-urlencoded":
		parsed, err := url.ParseQuery(string(c.body))
		if err != nil {
			return unreadable()
		}
		given = parsed
	case "multipart/form-data":
		_, parameters, _ := mime.ParseMediaType(c.Header.Get("Content-Type"))
		parts, err := multipart.NewReader(bytes.NewReader(c.body), parameters["boundary"]).ReadForm(maxBody)
		if err != nil {
			return unreadable()
		}
		defer func() { _ = parts.RemoveAll() }()
		given = parts.Value
		if files := parts.File["imageFile"]; len(files) > 0 {
			image, code, description := readImage(files[0])
			if code != "" {
				return refuse(http.StatusBadRequest, code, description)
			}
			form.image = image
		}
	default:
		return refuse(http.StatusUnsupportedMediaType, "unsupported_media_type", "A form is expected.")
	}
	for name := range given {
		if value := given.Get(name); strings.TrimSpace(value) != "" {
			form.values[name] = value
		}
	}
	return form, nil
}

// readImage goes by what the file holds, not by what it is called.
func readImage(file *multipart.FileHeader) (image *valomniaImage, code, description string) {
	if file.Size > maxImage {
		return nil, "exceeded_file_size", "image size should not exceed 2Mo"
	}
	opened, err := file.Open()
	if err != nil {
		return nil, "save_failed", "Failed to save instance."
	}
	defer func() { _ = opened.Close() }()
	head := make([]byte, 512)
	n, _ := io.ReadFull(opened, head)
	switch contentType := http.DetectContentType(head[:n]); contentType {
	case "image/jpeg", "image/gif", "image/png", "image/bmp":
		return &valomniaImage{file.Filename, contentType, int(file.Size)}, "", ""
	}
	return nil, "unsupported_file_type", "image format not supported."
}

// checkForm checks presence, types and sizes; what the values refer to is
// checked with the catalog.
func (a *valomnia) checkForm(form valomniaForm) *answer {
	refuse := func(code, description string) *answer {
		wrong := valomniaError(http.StatusBadRequest, code, description)
		return &wrong
	}
	missing := func(name string) *answer { return refuse("missing_param", name+" parameter is missing") }
	invalid := func(name string) *answer {
		return refuse("invalid_param_type", "The type of parameter "+name+" you provided is not valid for this request.")
	}
	required := []string{"reference", "name"}
	if form.values["isSubCustomer"] == "true" {
		required = append(required, "parentCustomer")
	}
	if form.values["dueDateConfigType"] != "" {
		required = append(required, "dueDateConfigNumber")
	}
	for _, name := range required {
		if form.values[name] == "" {
			return missing(name)
		}
	}
	texts, flags, numbers, integers, ids := valomniaParameters()
	if form.values["useExternalId"] == "true" {
		ids = nil // references then, of any form
	}
	type check struct {
		names []string
		valid func(string) bool
	}
	for _, c := range []check{
		{flags, func(v string) bool { return v == "true" || v == "false" }},
		{numbers, func(v string) bool { n, err := strconv.ParseFloat(v, 64); return err == nil && n-n == 0 }},
		{slices.Concat(integers, ids), func(v string) bool { _, err := strconv.ParseInt(v, 10, 64); return err == nil }},
		{[]string{"dueDateConfigType"}, func(v string) bool { return v == "1" || v == "2" }},
		{[]string{"customerRiskColor"}, regexp.MustCompile(`^#[0-9A-Fa-f]{6}$`).MatchString},
	} {
		for _, name := range c.names {
			if value, given := form.values[name]; given && !c.valid(value) {
				return invalid(name)
			}
		}
	}
	if _, ok := paymentTypeIDs(form); !ok {
		return invalid("payment type id")
	}
	for _, name := range texts {
		value := form.values[name]
		if !utf8.ValidString(value) || utf8.RuneCountInString(value) > maxValomniaText && name != "comment" && name != "paymentTypes" {
			return refuse("save_failed", "Failed to save instance.")
		}
	}
	return nil
}

// paymentTypeIDs reads paymentTypes, a JSON list. The vendor's sample has = in
// place of the colons, which its parser takes as well. Ids are numbers, or with
// useExternalId references.
func paymentTypeIDs(form valomniaForm) (ids []string, ok bool) {
	written := form.values["paymentTypes"]
	if written == "" {
		return nil, true
	}
	var list []struct {
		ID any `json:"id"`
	}
	decoder := json.NewDecoder(strings.NewReader(strings.ReplaceAll(written, `"id"=`, `"id":`)))
	decoder.UseNumber()
	if decoder.Decode(&list) != nil {
		return nil, false
	}
	for _, item := range list {
		var id string
		switch v := item.ID.(type) {
		case json.Number:
			id = v.String()
		case string:
			id = v
		}
		_, err := strconv.ParseInt(id, 10, 64)
		if id == "" || err != nil && form.values["useExternalId"] != "true" {
			return nil, false
		}
		ids = append(ids, id)
	}
	return ids, true
}
