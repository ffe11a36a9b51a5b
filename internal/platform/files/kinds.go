package files

import (
	"archive/zip"
	"bytes"
	"errors"
	"io"
	"os"
	"path"
	"slices"
	"strings"
	"unicode"

	"birge/internal/platform/problem"
)

// Class is a set of formats of files.
type Class int

// The classes that a form may take.
const (
	Pictures  Class = 1 << iota // JPEG, PNG, WebP, GIF
	Documents                   // PDF, DOCX, ODT, TXT
	Tables                      // XLSX, ODS, CSV
)

// format is one format of files.
type format struct {
	class     Class
	mediaType string
	ext       string
}

var (
	jpegFormat = format{Pictures, "image/jpeg", ".jpg"}
	pngFormat  = format{Pictures, "image/png", ".png"}
	webpFormat = format{Pictures, "image/webp", ".webp"}
	gifFormat  = format{Pictures, "image/gif", ".gif"}
	pdfFormat  = format{Documents, "application/pdf", ".pdf"}
	docxFormat = format{Documents, "application/vnd.openxmlformats-officedocument.wordprocessingml.document", ".docx"}
	odtFormat  = format{Documents, "application/vnd.oasis.opendocument.text", ".odt"}
	txtFormat  = format{Documents, "text/plain", ".txt"}
	xlsxFormat = format{Tables, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", ".xlsx"}
	odsFormat  = format{Tables, "application/vnd.oasis.opendocument.spreadsheet", ".ods"}
	csvFormat  = format{Tables, "text/csv", ".csv"}
)

var formats = []format{jpegFormat, pngFormat, webpFormat, gifFormat, pdfFormat, docxFormat, odtFormat, txtFormat, xlsxFormat, odsFormat, csvFormat}

// Names lists the endings of a class for people: ".jpg, .png".
func (c Class) Names() string {
	var out []string
	for _, s := range formats {
		if s.class&c != 0 {
			out = append(out, s.ext)
		}
	}
	return strings.Join(out, ", ")
}

// judge tells what a file is by its bytes. Its name decides only between CSV
// and plain text.
func judge(name string, f *os.File, size int64, allowed Class) (format, error) {
	s, err := recognise(name, f, size)
	if err != nil {
		return s, err
	}
	if s.class&allowed == 0 {
		return s, problem.New(problem.Invalid, "files.not_taken", "kinds", allowed.Names())
	}
	return s, nil
}

func recognise(name string, f *os.File, size int64) (format, error) {
	head := make([]byte, 4096)
	n, err := f.ReadAt(head, 0)
	if err != nil && !errors.Is(err, io.EOF) {
		return format{}, err
	}
	head = head[:n]
	switch {
	case bytes.HasPrefix(head, []byte{0xff, 0xd8, 0xff}):
		return jpegFormat, nil
	case bytes.HasPrefix(head, []byte("\x89PNG\r\n\x1a\n")):
		return pngFormat, nil
	case bytes.HasPrefix(head, []byte("GIF8")):
		return gifFormat, nil
	case len(head) > 12 && string(head[:4]) == "RIFF" && string(head[8:12]) == "WEBP":
		return webpFormat, nil
	case bytes.HasPrefix(head, []byte("%PDF-")):
		return pdfFormat, nil
	case bytes.HasPrefix(head, []byte("PK\x03\x04")):
		return office(f, size)
	case len(head) == 0:
		return format{}, problem.New(problem.Invalid, "files.empty")
	}
	return text(name, head)
}

// office tells the formats apart that are zips of parts, and refuses macros.
func office(f *os.File, size int64) (s format, err error) {
	z, err := zip.NewReader(f, size)
	if err != nil {
		return s, problem.Wrap(err, problem.Invalid, "files.damaged")
	}
	for _, part := range z.File {
		switch name := strings.ToLower(part.Name); {
		case path.Base(name) == "vbaproject.bin", strings.HasPrefix(name, "basic/"), strings.HasPrefix(name, "scripts/"):
			return s, problem.New(problem.Invalid, "files.active")
		case name == "word/document.xml":
			s = docxFormat
		case name == "xl/workbook.xml":
			s = xlsxFormat
		case name == "mimetype":
			s = openDocument(part)
		}
	}
	return s, nil
}

func openDocument(part *zip.File) format {
	r, err := part.Open()
	if err != nil {
		return format{}
	}
	defer r.Close()
	b, _ := io.ReadAll(io.LimitReader(r, 200))
	for _, s := range []format{odtFormat, odsFormat} {
		if strings.TrimSpace(string(b)) == s.mediaType {
			return s
		}
	}
	return format{}
}

// text takes plain text and refuses what a browser or a shell would run.
func text(name string, head []byte) (format, error) {
	wide := bytes.HasPrefix(head, []byte{0xff, 0xfe}) || bytes.HasPrefix(head, []byte{0xfe, 0xff})
	letters := bytes.ToLower(bytes.ReplaceAll(head, []byte{0}, nil))
	for _, active := range []string{"<svg", "<script", "<html", "<!doctype", "<body", "<iframe", "<?php", "<?xml"} {
		if bytes.Contains(letters, []byte(active)) {
			return format{}, problem.New(problem.Invalid, "files.active")
		}
	}
	if bytes.HasPrefix(letters, []byte("#!")) || bytes.HasPrefix(letters, []byte("mz")) && bytes.Contains(head, []byte{0}) ||
		bytes.HasPrefix(letters, []byte("\x7felf")) {
		return format{}, problem.New(problem.Invalid, "files.active")
	}
	if !wide && bytes.ContainsFunc(head, func(r rune) bool { return r < 0x20 && !strings.ContainsRune("\t\r\n\f", r) }) {
		return format{}, nil
	}
	if strings.EqualFold(path.Ext(name), ".csv") {
		return csvFormat, nil
	}
	return txtFormat, nil
}

// cleanName is a name without a path, control characters or marks that turn the
// direction of writing, with the ending of what the file is.
func cleanName(name string, s format) string {
	name = name[strings.LastIndexAny(name, `/\`)+1:]
	name = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || r == unicode.ReplacementChar || strings.ContainsRune(`<>:"|?*`, r) {
			return -1
		}
		return r
	}, name)
	name = strings.Trim(name, ". ")
	ext := path.Ext(name)
	if !slices.Contains([]string{s.ext, strings.Replace(s.ext, ".jpg", ".jpeg", 1)}, strings.ToLower(ext)) {
		ext = s.ext
	} else {
		name = strings.TrimSuffix(name, ext)
	}
	if r := []rune(name); len(r) > 100 {
		name = strings.TrimSpace(string(r[:100]))
	}
	if name == "" {
		name = "file"
	}
	return name + ext
}
