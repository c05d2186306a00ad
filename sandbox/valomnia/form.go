package valomnia

import (
	"bytes"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"

	"github.com/enlist-dev/enlist/sandbox/engine"
)

// maxImage bounds an image, in bytes.
const maxImage = 2 << 20

// maxText bounds a text, in characters: the usual column width. A longer text cannot be saved. The
// limit is assumed. The failure is documented.
const maxText = 255

// formData is a create request: its values by name, without the blank ones.
type formData struct {
	values map[string]string
	image  *imageFile
}

type imageFile struct {
	name, contentType string
	size              int
}

// parameters returns the documented parameters but imageFile, by type.
func parameters() (texts, flags, numbers, integers, ids []string) {
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
func (a *service) parseForm(c *engine.Call) (formData, *engine.Response) {
	form := formData{values: map[string]string{}}
	refuse := func(status int, code, description string) (formData, *engine.Response) {
		wrong := fail(status, code, description)
		return form, &wrong
	}
	unreadable := func() (formData, *engine.Response) {
		return refuse(http.StatusInternalServerError, "server_error", "Oops! Something went wrong...")
	}
	var given url.Values
	switch c.MediaType() {
	case "application/x-www-form-urlencoded":
		parsed, err := url.ParseQuery(string(c.Body))
		if err != nil {
			return unreadable()
		}
		given = parsed
	case "multipart/form-data":
		_, parameters, _ := mime.ParseMediaType(c.Header.Get("Content-Type"))
		parts, err := multipart.NewReader(bytes.NewReader(c.Body), parameters["boundary"]).ReadForm(engine.MaxBody)
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

// readImage goes by the content of the file, not by its name.
func readImage(file *multipart.FileHeader) (image *imageFile, code, description string) {
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
		return &imageFile{file.Filename, contentType, int(file.Size)}, "", ""
	}
	return nil, "unsupported_file_type", "image format not supported."
}
