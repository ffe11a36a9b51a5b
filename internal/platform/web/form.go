package web

import (
	"context"
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"unicode/utf8"

	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
)

// Form reads the fields of a request by name and judges their shape only; what
// they mean is judged by the room. What was typed stays in Values.
type Form struct {
	Values url.Values
	r      *http.Request
	faults problem.Fields
	err    error
}

const (
	maxMemory = 1 << 20
	// MaxText is how many characters a field of text takes.
	MaxText = 20_000
	maxLine = 500
)

// ReadForm reads the fields of the query and of the body, also multipart.
func ReadForm(r *http.Request) *Form {
	err := parse(r)
	return &Form{r: r, err: err, Values: r.Form}
}

// parse reads the form of a request, however often it is asked. What could not be
// read is not read again: the body is gone.
func parse(r *http.Request) error {
	in, served := r.Context().Value(infoKey{}).(*info)
	if served && in.broken != nil {
		return in.broken
	}
	var err error
	if strings.HasPrefix(r.Header.Get("Content-Type"), "multipart/form-data") {
		err = r.ParseMultipartForm(maxMemory)
	} else {
		err = r.ParseForm()
	}
	if err == nil {
		return nil
	}
	if err = readFailure(err); served {
		in.broken = err
	}
	if problem.Is(err, problem.TooLarge) {
		drain(r)
	}
	return err
}

// drainAtMost is how much of a body that is too large is read and thrown away,
// so that the browser hears the answer: it listens only when it has sent all.
const drainAtMost = 512 << 20

func drain(r *http.Request) {
	if rest := infoOf(r).rest; rest != nil {
		_, _ = io.Copy(io.Discard, io.LimitReader(rest, drainAtMost))
	}
}

func readFailure(err error) error {
	if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return problem.Wrap(err, problem.TooLarge, "problem.too_large")
	}
	if err := problem.OfDisk(err); problem.As(err) != nil {
		return err // a large form is kept on the disk while it is read
	}
	return problem.Wrap(err, problem.Invalid, "form.unreadable")
}

// Err is the reason why the form cannot be taken: unreadable, or faults by field.
func (f *Form) Err() error {
	if f.err != nil {
		return f.err
	}
	return f.faults.Err()
}

// Context is the request's.
func (f *Form) Context() context.Context { return f.r.Context() }

// Reject notes a fault of a field that the caller found in its shape.
func (f *Form) Reject(bad bool, field, key string, args ...any) {
	f.faults.Reject(bad, field, key, args...)
}

func (f *Form) get(name string) string { return strings.TrimSpace(f.Values.Get(name)) }

// Has tells that the field was sent with something in it.
func (f *Form) Has(name string) bool { return f.get(name) != "" }

// Text is a field of several lines.
func (f *Form) Text(name string) string { return f.limited(name, MaxText) }

// Line is a field of one line.
func (f *Form) Line(name string) string {
	return strings.Join(strings.Fields(f.limited(name, maxLine)), " ")
}

func (f *Form) limited(name string, limit int) string {
	s := strings.ReplaceAll(f.get(name), "\r\n", "\n")
	f.faults.Reject(!isText(s), name, "form.not_text")
	f.faults.Reject(utf8.RuneCountInString(s) > limit, name, "form.too_long", "max", limit)
	return s
}

// isText tells that both engines can keep s as a text.
func isText(s string) bool { return utf8.ValidString(s) && !strings.ContainsRune(s, 0) }

// Texts is a field in three languages: name.kk, name.ru, name.en.
func (f *Form) Texts(name string) i18n.Text {
	var t i18n.Text
	for _, l := range i18n.Langs {
		t.Set(l, f.Text(name+"."+string(l)))
	}
	return t
}

// Int is a whole number, written with or without spaces; empty is 0.
func (f *Form) Int(name string) int64 {
	s := bare(f.get(name))
	if s == "" {
		return 0
	}
	n, err := strconv.ParseInt(s, 10, 64)
	f.faults.Reject(err != nil, name, "form.not_a_number")
	return n
}

// maxPage is beyond the last page of any list, and its rows can still be counted.
const maxPage = 1_000_000

// Page is the page of a list that is asked for, the first unless the field says so.
func (f *Form) Page() int { return int(min(max(1, f.Int("page")), maxPage)) }

// Decimal is a number with a comma or a point; empty is 0.
func (f *Form) Decimal(name string) float64 {
	s := strings.Replace(bare(f.get(name)), ",", ".", 1)
	if s == "" {
		return 0
	}
	v, err := strconv.ParseFloat(s, 64)
	f.faults.Reject(err != nil || v != v || v > 1e15 || v < -1e15, name, "form.not_a_number")
	return v
}

// Money is a sum in tenge, given back in tiyn; empty is 0.
func (f *Form) Money(name string) int64 {
	s := f.get(name)
	if s == "" {
		return 0
	}
	v, ok := i18n.ParseMoney(s)
	f.faults.Reject(!ok, name, "form.not_money")
	return v
}

func bare(s string) string {
	return strings.NewReplacer(" ", "", "\u00a0", "", "\u202f", "", "−", "-").Replace(s)
}

// Date is a day, 2026-11-23 or 23.11.2026; a day that does not exist is a fault.
func (f *Form) Date(name string) db.Date {
	s := f.get(name)
	if s == "" {
		return db.Date{}
	}
	if p := strings.Split(s, "."); len(p) == 3 && len(p[2]) == 4 {
		s = p[2] + "-" + two(p[1]) + "-" + two(p[0])
	}
	d, err := db.ParseDate(s)
	f.faults.Reject(err != nil, name, "form.not_a_date")
	return d
}

func two(s string) string {
	if len(s) == 1 {
		return "0" + s
	}
	return s
}

// ID is a reference to a thing; empty is none.
func (f *Form) ID(name string) ref.ID {
	s := f.get(name)
	if s == "" {
		return 0
	}
	id, ok := ref.ParseID(s)
	f.faults.Reject(!ok, name, "form.unknown_choice")
	return id
}

// Bool tells that a box is ticked.
func (f *Form) Bool(name string) bool { return f.get(name) != "" }

// List is every non-empty value of a field that may be chosen several times.
func (f *Form) List(name string) []string {
	var out []string
	for _, v := range f.Values[name] {
		if v = strings.TrimSpace(v); v != "" && isText(v) {
			out = append(out, v)
		}
	}
	return out
}

// Version is the version of the row that the form was drawn from.
func (f *Form) Version() int64 { return f.Int("version") }

// Files are the uploaded files of a field that takes several.
func (f *Form) Files(name string) []*multipart.FileHeader {
	if f.r.MultipartForm == nil {
		return nil
	}
	return f.r.MultipartForm.File[name]
}

// File is an uploaded file; ok is false when none was chosen. The caller closes it.
func (f *Form) File(name string) (file multipart.File, header *multipart.FileHeader, ok bool) {
	if f.r.MultipartForm == nil {
		return nil, nil, false
	}
	file, header, err := f.r.FormFile(name)
	if err != nil {
		f.faults.Reject(!errors.Is(err, http.ErrMissingFile), name, "form.unreadable")
		return nil, nil, false
	}
	return file, header, true
}
