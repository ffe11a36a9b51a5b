package signatures

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"math/big"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"birge/internal/platform/problem"

	"github.com/smallstep/pkcs7"
)

// issuer makes certificates of holders.
type issuer struct {
	cert *x509.Certificate
	key  crypto.Signer
}

func newIssuer(t testing.TB, now time.Time) issuer {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(t, err)
	tmpl := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Sample issuer"},
		NotBefore: now.AddDate(-1, 0, 0), NotAfter: now.AddDate(9, 0, 0), IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign}
	der, err := x509.CreateCertificate(rand.Reader, tmpl, tmpl, key.Public(), key)
	must(t, err)
	cert, err := x509.ParseCertificate(der)
	must(t, err)
	return issuer{cert, key}
}

func (i issuer) pem() []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: i.cert.Raw})
}

// sign signs the document as a holder whose certificate lasts a year from a day.
func (i issuer) sign(t testing.TB, key crypto.Signer, from time.Time, document []byte, detach bool) []byte {
	t.Helper()
	tmpl := &x509.Certificate{SerialNumber: big.NewInt(2), NotBefore: from, NotAfter: from.AddDate(1, 0, 0),
		Subject: pkix.Name{CommonName: "ҮЛГІ ҰСТАУШЫ", Organization: []string{"«Үлгі» ҚҚ"}, OrganizationalUnit: []string{"BIN150140000012"}, SerialNumber: "IIN061211600012"}}
	der, err := x509.CreateCertificate(rand.Reader, tmpl, i.cert, key.Public(), i.key)
	must(t, err)
	cert, err := x509.ParseCertificate(der)
	must(t, err)
	data, err := pkcs7.NewSignedData(document)
	must(t, err)
	data.SetDigestAlgorithm(pkcs7.OIDDigestAlgorithmSHA256)
	must(t, data.AddSigner(cert, key, pkcs7.SignerInfoConfig{}))
	if detach {
		data.Detach()
	}
	file, err := data.Finish()
	must(t, err)
	return file
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func keysOf(t testing.TB) (rsaKey, ecKey crypto.Signer) {
	t.Helper()
	r, err := rsa.GenerateKey(rand.Reader, 2048)
	must(t, err)
	e, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(t, err)
	return r, e
}

func whyRefused(err error) string {
	if p := problem.As(err); p != nil {
		return p.Fields["signature"].Key
	}
	return ""
}

// asGOST makes of an ECDSA file one that names algorithms of the state's arc, as
// a certificate of the state would.
func asGOST(file []byte) []byte {
	file = bytes.ReplaceAll(file, []byte{6, 7, 0x2a, 0x86, 0x48, 0xce, 0x3d, 2, 1}, []byte{6, 7, 0x2a, 0x83, 0x0e, 3, 10, 1, 1})
	return bytes.ReplaceAll(file, []byte{6, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 2}, []byte{6, 8, 0x2a, 0x83, 0x0e, 3, 10, 1, 1, 1})
}

func TestSignatures(t *testing.T) {
	now := time.Now()
	ours, foreign := newIssuer(t, now), newIssuer(t, now)
	rsaKey, ecKey := keysOf(t)
	document, other := []byte("agreement"), []byte("another agreement")
	fresh := now.AddDate(0, -1, 0)
	checker, err := NewChecker(ours.pem())
	must(t, err)
	bent := ours.sign(t, rsaKey, fresh, document, true)
	bent[len(bent)-5] ^= 1
	detached := ours.sign(t, rsaKey, fresh, document, true)
	for name, c := range map[string]struct {
		checker *Checker
		file    []byte
		want    State
		why     string // of what is unverified, or of the refusal
	}{
		"RSA beside the document":    {checker, detached, Verified, ""},
		"RSA around the document":    {checker, ours.sign(t, rsaKey, fresh, document, false), Verified, ""},
		"ECDSA":                      {checker, ours.sign(t, ecKey, fresh, document, true), Verified, ""},
		"as text in base64":          {checker, []byte(base64.StdEncoding.EncodeToString(detached)), Verified, ""},
		"as PEM":                     {checker, pem.EncodeToMemory(&pem.Block{Type: "CMS", Bytes: detached}), Verified, ""},
		"no issuer is trusted":       {&Checker{}, detached, Unverified, WhyNoRoots},
		"GOST":                       {checker, asGOST(ours.sign(t, ecKey, fresh, document, true)), Unverified, WhyGOST},
		"GOST over another document": {checker, asGOST(ours.sign(t, ecKey, fresh, other, false)), "", "signatures.other_document"},
		"of a foreign issuer":        {checker, foreign.sign(t, rsaKey, fresh, document, true), "", "signatures.unknown_issuer"},
		"over another document":      {checker, ours.sign(t, rsaKey, fresh, other, true), "", "signatures.other_document"},
		"around another document":    {checker, ours.sign(t, rsaKey, fresh, other, false), "", "signatures.other_document"},
		"the certificate has ended":  {checker, ours.sign(t, rsaKey, now.AddDate(-2, 0, 0), document, true), "", "signatures.out_of_date"},
		"one bit is another":         {checker, bent, "", "signatures.broken"},
		"no signature at all":        {checker, []byte("%PDF-1.7"), "", "signatures.not_a_signature"},
		"nothing":                    {checker, nil, "", "signatures.not_a_signature"},
		"too long":                   {checker, make([]byte, MaxFile+1), "", "signatures.too_long"},
		"cut off":                    {checker, detached[:len(detached)/2], "", "signatures.not_a_signature"},
	} {
		t.Run(name, func(t *testing.T) {
			seal, err := c.checker.Check(c.file, document, now)
			if c.want == "" {
				if got := whyRefused(err); got != c.why {
					t.Fatalf("refused with %q (%v), want %q", got, err, c.why)
				}
				return
			}
			must(t, err)
			if seal.State != c.want || seal.Why != c.why {
				t.Fatalf("is %s (%s), want %s (%s)", seal.State, seal.Why, c.want, c.why)
			}
			if seal.Holder != "ҮЛГІ ҰСТАУШЫ" || seal.BIN != "150140000012" || seal.To.Before(now) {
				t.Errorf("tells of the holder %+v", seal)
			}
		})
	}
}

func TestTheNumberOfThePersonIsNotKept(t *testing.T) {
	now := time.Now()
	i := newIssuer(t, now)
	key, _ := keysOf(t)
	seal, err := (&Checker{}).Check(i.sign(t, key, now.AddDate(0, -1, 0), []byte("x"), true), []byte("x"), now)
	must(t, err)
	kept, err := json.Marshal(seal)
	must(t, err)
	if bytes.Contains(kept, []byte("061211600012")) {
		t.Errorf("the number is kept: %s", kept)
	}
}

func TestAVerifierBesideThePortal(t *testing.T) {
	for answer, want := range map[string]struct{ valid, fails bool }{
		`{"valid": true}`:  {true, false},
		`{"valid": false}`: {false, false},
		`{"status": 200}`:  {false, true},
		`<html>`:           {false, true},
	} {
		var asked struct{ CMS, Data []byte }
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if err := json.NewDecoder(r.Body).Decode(&asked); err != nil {
				t.Error(err)
			}
			_, _ = w.Write([]byte(answer))
		}))
		r, err := NewRemote(s.URL)
		must(t, err)
		valid, err := r.Verify(t.Context(), []byte{1, 2, 3}, []byte("document"))
		s.Close()
		if valid != want.valid || (err != nil) != want.fails {
			t.Errorf("%s: valid %v, error %v", answer, valid, err)
		}
		if string(asked.Data) != "document" || !bytes.Equal(asked.CMS, []byte{1, 2, 3}) {
			t.Errorf("was asked %+v", asked)
		}
	}
	if _, err := NewRemote("nowhere"); err == nil {
		t.Error("an address that is none was taken")
	}
}

func FuzzCheck(f *testing.F) {
	now := time.Now()
	i := newIssuer(f, now)
	_, key := keysOf(f)
	f.Add(i.sign(f, key, now.AddDate(0, -1, 0), []byte("document"), true))
	f.Add([]byte("%PDF"))
	checker, err := NewChecker(i.pem())
	must(f, err)
	f.Fuzz(func(t *testing.T, file []byte) {
		if seal, err := checker.Check(file, []byte("another document"), now); err == nil && seal.State == Verified {
			t.Error("verified a signature over another document")
		}
	})
}
