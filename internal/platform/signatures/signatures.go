// Package signatures reads signature files (CMS) and says what of them holds.
//
// RSA and ECDSA signatures are verified against the certificates that the
// operator trusts. A signature by the state's GOST algorithms cannot be verified
// here: it is read, its holder and dates are told, and it says "not verified
// here" until a verifier that the operator names has looked at it. Nothing asks
// the issuer whether a certificate was revoked; a page that shows a signature
// says so.
package signatures

import (
	"bytes"
	"crypto/x509"
	"embed"
	"encoding/asn1"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"strings"
	"time"

	"birge/internal/platform/db"
	"birge/internal/platform/problem"

	"github.com/smallstep/pkcs7"
)

// Locales holds the words of this package in three languages.
//
//go:embed locales
var Locales embed.FS

// MaxFile is how long a signature file may be, in bytes.
const MaxFile = 256 << 10

// State is how far a signature was verified.
type State string

// The states. A signature that is wrong has no state: it is refused.
const (
	// Verified: the document is the one that was signed, and the certificate
	// comes from an issuer whom the operator trusts.
	Verified State = "verified"
	// Unverified: it was read, and nobody has verified it yet.
	Unverified State = "unverified"
)

// Why a signature is not verified here.
const (
	WhyGOST    = "signatures.why.gost"
	WhyNoRoots = "signatures.why.no_roots"
)

// Seal is one signature as it was read. Of the holder it keeps the name and the
// organization; the number of the person in the certificate is not kept.
type Seal struct {
	State     State  `json:"state"`
	Why       string `json:"why,omitempty"`      // message key, for what is unverified
	Holder    string `json:"holder"`             // name in the certificate
	Org       string `json:"org,omitempty"`      // organization in the certificate
	BIN       string `json:"bin,omitempty"`      // of that organization
	Issuer    string `json:"issuer,omitempty"`   // who made the certificate
	Algorithm string `json:"algorithm"`          // RSA, ECDSA, GOST
	Verifier  string `json:"verifier,omitempty"` // who verified it, when it was not this portal
	// From and To bound the certificate; SignedAt is what the signer's machine
	// claims, zero when the file says nothing.
	From     db.Time `json:"from"`
	To       db.Time `json:"to"`
	SignedAt db.Time `json:"signed_at"`
}

// Checker verifies signatures against the certificates of trusted issuers.
type Checker struct{ roots *x509.CertPool }

// NewChecker trusts the issuers whose certificates are given, PEM or DER.
func NewChecker(certificates ...[]byte) (*Checker, error) {
	c := &Checker{}
	for _, one := range certificates {
		for _, der := range blocks(one) {
			cert, err := x509.ParseCertificate(der)
			if err != nil {
				return nil, err
			}
			if c.roots == nil {
				c.roots = x509.NewCertPool()
			}
			c.roots.AddCert(cert)
		}
	}
	return c, nil
}

// Check reads a signature file over a document, detached from it or around it,
// as of a moment. What is broken, foreign, out of date or over another document
// is refused with the reason.
func (c *Checker) Check(file, document []byte, at time.Time) (Seal, error) {
	p7, err := read(file)
	if err != nil {
		return Seal{}, err
	}
	if len(p7.Content) > 0 && !bytes.Equal(p7.Content, document) {
		return Seal{}, refuse("signatures.other_document")
	}
	p7.Content = document
	seal, err := sealOf(p7)
	if err != nil {
		return Seal{}, err
	}
	if at.Before(seal.From.Time) || at.After(seal.To.Time) {
		return Seal{}, refuse("signatures.out_of_date")
	}
	if seal.Algorithm == gost {
		seal.State, seal.Why = Unverified, WhyGOST
		return seal, nil
	}
	return c.verified(p7, seal, at)
}

// verified judges a signature whose algorithm is known here.
func (c *Checker) verified(p7 *pkcs7.PKCS7, seal Seal, at time.Time) (Seal, error) {
	if p7.Signers[0].DigestAlgorithm.Algorithm.Equal(pkcs7.OIDDigestAlgorithmSHA1) {
		return Seal{}, refuse("signatures.weak")
	}
	if err := p7.VerifyWithChainAtTime(nil, at); err != nil {
		return Seal{}, refuse(whyWrong(err))
	}
	if c == nil || c.roots == nil {
		seal.State, seal.Why = Unverified, WhyNoRoots
		return seal, nil
	}
	if p7.VerifyWithChainAtTime(c.roots, at) != nil {
		return Seal{}, refuse("signatures.unknown_issuer")
	}
	seal.State = Verified
	return seal, nil
}

func whyWrong(err error) string {
	var digest *pkcs7.MessageDigestMismatchError
	var moment *pkcs7.SigningTimeNotValidError
	switch {
	case errors.As(err, &digest):
		return "signatures.other_document"
	case errors.As(err, &moment):
		return "signatures.out_of_date"
	}
	return "signatures.broken"
}

// read takes a file as it comes from signing programs: DER, PEM or bare base64.
func read(file []byte) (*pkcs7.PKCS7, error) {
	if len(file) > MaxFile {
		return nil, refuse("signatures.too_long")
	}
	ders := blocks(file)
	if len(ders) != 1 {
		return nil, refuse("signatures.not_a_signature")
	}
	p7, err := pkcs7.Parse(ders[0])
	if err != nil {
		return nil, refuse("signatures.not_a_signature")
	}
	switch len(p7.Signers) {
	case 0:
		return nil, refuse("signatures.no_signer")
	case 1:
		return p7, nil
	}
	return nil, refuse("signatures.many_signers")
}

// blocks gives the DER parts of a file: those of its PEM blocks, else what its
// base64 says, else the file itself.
func blocks(file []byte) (ders [][]byte) {
	for rest := file; ; {
		var b *pem.Block
		if b, rest = pem.Decode(rest); b == nil {
			break
		}
		ders = append(ders, b.Bytes)
	}
	if len(ders) > 0 {
		return ders
	}
	if der, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(string(file)), "")); err == nil && len(der) > 0 {
		return [][]byte{der}
	}
	return [][]byte{file}
}

const gost = "GOST"

// gostArcs are where Kazakhstan and Russia number their GOST algorithms.
var gostArcs = []asn1.ObjectIdentifier{{1, 2, 398}, {1, 2, 643}}

func sealOf(p7 *pkcs7.PKCS7) (Seal, error) {
	cert := p7.GetOnlySigner()
	if cert == nil {
		return Seal{}, refuse("signatures.no_certificate")
	}
	s := Seal{
		Holder: cert.Subject.CommonName, Org: strings.Join(cert.Subject.Organization, ", "),
		BIN: binOf(cert), Issuer: cert.Issuer.CommonName,
		From: db.At(cert.NotBefore), To: db.At(cert.NotAfter),
	}
	var signed time.Time
	if p7.UnmarshalSignedAttribute(pkcs7.OIDAttributeSigningTime, &signed) == nil {
		s.SignedAt = db.At(signed)
	}
	switch cert.PublicKeyAlgorithm {
	case x509.RSA:
		s.Algorithm = "RSA"
	case x509.ECDSA:
		s.Algorithm = "ECDSA"
	default:
		if !isGOST(p7.Signers[0].DigestEncryptionAlgorithm.Algorithm) {
			return Seal{}, refuse("signatures.unknown_algorithm")
		}
		s.Algorithm = gost
	}
	return s, nil
}

func isGOST(oid asn1.ObjectIdentifier) bool {
	for _, arc := range gostArcs {
		if len(oid) > len(arc) && oid[:len(arc)].Equal(arc) {
			return true
		}
	}
	return false
}

// binOf finds the BIN that the state's issuer writes among the organizational
// units: "BIN123456789012".
func binOf(cert *x509.Certificate) string {
	for _, unit := range cert.Subject.OrganizationalUnit {
		if bin, ok := strings.CutPrefix(unit, "BIN"); ok && len(bin) == 12 {
			return bin
		}
	}
	return ""
}

func refuse(key string) error {
	return problem.Fields{"signature": problem.Fault{Key: key}}.Err()
}
