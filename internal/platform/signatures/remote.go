package signatures

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"
)

// Remote asks a verifier that the operator has set up beside the portal, such as
// one that knows the state's GOST algorithms. It is sent the signature and the
// document and nothing else.
type Remote struct {
	address string
	host    string
	client  *http.Client
}

// NewRemote makes the door to the verifier at an address; it is given the
// signature as "cms" and the document as "data", both in base64, and answers with
// "valid".
func NewRemote(address string) (*Remote, error) {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		return nil, fmt.Errorf("signatures: %q is no address of a verifier", address)
	}
	return &Remote{address: address, host: u.Hostname(), client: &http.Client{
		Timeout:       30 * time.Second,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}, nil
}

// Name tells who verifies.
func (r *Remote) Name() string { return r.host }

// maxAnswer bounds what is read of an answer.
const maxAnswer = 1 << 20

// Verify asks whether the signature over the document holds. An error means that
// nobody knows: the verifier was not there or did not understand.
func (r *Remote) Verify(ctx context.Context, file, document []byte) (valid bool, err error) {
	ders := blocks(file)
	body, err := json.Marshal(struct {
		CMS  []byte `json:"cms"`
		Data []byte `json:"data"`
	}{ders[0], document})
	if err != nil {
		return false, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, r.address, bytes.NewReader(body))
	if err != nil {
		return false, err
	}
	req.Header.Set("Content-Type", "application/json")
	answer, err := r.client.Do(req)
	if err != nil {
		return false, fmt.Errorf("signatures: %w", err)
	}
	defer answer.Body.Close()
	var said struct {
		Valid *bool `json:"valid"`
	}
	if answer.StatusCode != http.StatusOK {
		return false, fmt.Errorf("signatures: the verifier answered %s", answer.Status)
	}
	if err := json.NewDecoder(io.LimitReader(answer.Body, maxAnswer)).Decode(&said); err != nil {
		return false, fmt.Errorf("signatures: the verifier's answer: %w", err)
	}
	if said.Valid == nil {
		return false, fmt.Errorf("signatures: the verifier did not say whether the signature holds")
	}
	return *said.Valid, nil
}
