package web

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"strconv"

	"birge/internal/platform/problem"
)

var statuses = map[problem.Kind]int{
	problem.Invalid:         http.StatusUnprocessableEntity,
	problem.Unauthenticated: http.StatusUnauthorized,
	problem.Forbidden:       http.StatusForbidden,
	problem.NotFound:        http.StatusNotFound,
	problem.Conflict:        http.StatusConflict,
	problem.TooLarge:        http.StatusRequestEntityTooLarge,
	problem.TooMany:         http.StatusTooManyRequests,
	problem.Unavailable:     http.StatusServiceUnavailable,
}

// Status is the HTTP status of a failure: 500 for a fault of the portal.
func Status(err error) int {
	if p := problem.As(err); p != nil {
		return statuses[p.Kind]
	}
	return http.StatusInternalServerError
}

// Refused gives the problem when a form was refused for its content, so that the
// page shows it again with what was typed.
func Refused(err error) (*problem.Problem, bool) {
	p := problem.As(err)
	return p, p != nil && (p.Kind == problem.Invalid || p.Kind == problem.Conflict || len(p.Fields) > 0)
}

// fail answers with the failure: the only place where errors become HTTP.
func (s *Server) fail(w http.ResponseWriter, r *http.Request, err error) {
	if errors.Is(err, context.Canceled) && r.Context().Err() != nil {
		return // the reader left
	}
	p, status := problem.As(err), Status(err)
	if p == nil {
		s.config.Log.Error("request failed", slog.String("id", RequestID(r)), slog.String("route", r.Pattern), slog.Any("err", err))
		p = problem.New(0, "problem.fault", "id", RequestID(r))
	}
	if p.Kind == problem.TooMany {
		w.Header().Set("Retry-After", "60")
	}
	w.Header().Set("Cache-Control", "no-store")
	if WantsJSON(r) {
		s.failJSON(w, r, status, p)
		return
	}
	if status == http.StatusUnauthorized && r.Method == http.MethodGet {
		http.Redirect(w, r, Path(r, "/sign-in?to="+url.QueryEscape(Path(r, Here(r)))), http.StatusSeeOther)
		return
	}
	if err := Render(w, r, status, s.config.Failure(r, status, p)); err != nil {
		s.config.Log.Error("failure page failed", slog.Any("err", err))
		http.Error(w, http.StatusText(status), status)
	}
}

// details is RFC 9457: a problem as JSON.
type details struct {
	Type   string            `json:"type"`
	Title  string            `json:"title"`
	Status int               `json:"status"`
	Detail string            `json:"detail,omitempty"`
	ID     string            `json:"instance,omitempty"`
	Fields map[string]string `json:"fields,omitempty"`
}

func (s *Server) failJSON(w http.ResponseWriter, r *http.Request, status int, p *problem.Problem) {
	words := Words(r)
	d := details{Type: "about:blank", Title: http.StatusText(status), Status: status, Detail: words.T(p.Key, p.Args...), ID: "urn:birge:request:" + RequestID(r)}
	for name, f := range p.Fields {
		if d.Fields == nil {
			d.Fields = map[string]string{}
		}
		d.Fields[name] = words.T(f.Key, f.Args...)
	}
	w.Header().Set("Content-Type", "application/problem+json")
	w.Header().Set("Content-Language", string(Lang(r)))
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(d)
}

// JSON answers with a value as JSON.
func JSON(w http.ResponseWriter, _ *http.Request, v any) error {
	b, err := json.Marshal(v)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Content-Length", strconv.Itoa(len(b)+1))
	w.Header().Set("Access-Control-Allow-Origin", "*")
	_, err = w.Write(append(b, '\n'))
	return err
}
