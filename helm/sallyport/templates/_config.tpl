{{/* `config` as an object, whichever way it was given. */}}
{{- define "sallyport.givenConfig" -}}
{{- $given := .Values.config -}}
{{- if kindIs "string" $given -}}
{{- $given = fromYaml $given -}}
{{- if hasKey $given "Error" -}}
{{- fail (printf "config is not valid YAML: %s" $given.Error) -}}
{{- end -}}
{{- end -}}
{{- toYaml ($given | default dict) -}}
{{- end -}}

{{/* sallyport.yaml: what was given, and over it what only the chart knows. Paths are relative to the file. */}}
{{- define "sallyport.config" -}}
{{- include "sallyport.checkValues" . -}}
{{- $config := fromYaml (include "sallyport.givenConfig" .) -}}
{{- $listen := dict "address" "0.0.0.0:7443" -}}
{{- if .Values.listen.tlsSecret -}}
{{- $_ := set $listen "tls" (dict "cert_file" "listen/tls.crt" "key_file" "listen/tls.key") -}}
{{- else -}}
{{- $_ := set $listen "plaintext" true -}}
{{- end -}}
{{- $upstream := $config.upstream -}}
{{- if .Values.upstream.apiKeySecret.name -}}
{{- $_ := set $upstream "credential" (dict "api_key_file" "upstream/api-key") -}}
{{- end -}}
{{- if .Values.upstream.tlsSecret -}}
{{- $mtls := dict "cert_file" "upstream/tls.crt" "key_file" "upstream/tls.key" -}}
{{- $_ := set $upstream "tls" (merge $mtls ($upstream.tls | default dict)) -}}
{{- end -}}
{{- $audit := merge (dict "directory" "/var/lib/sallyport/audit") ($config.audit | default dict) -}}
{{- $own := dict "version" 1 "listen" $listen "upstream" $upstream "policy" "policy.yaml" -}}
{{- $_ := set $own "audit" $audit -}}
{{- $_ := set $own "ops" (dict "address" "0.0.0.0:9443") -}}
{{- toYaml (merge $own $config) -}}
{{- end -}}

{{- define "sallyport.policy" -}}
{{- if kindIs "string" .Values.policy -}}
{{- .Values.policy -}}
{{- else -}}
{{- toYaml .Values.policy -}}
{{- end -}}
{{- end -}}

{{- define "sallyport.checkValues" -}}
{{- $config := fromYaml (include "sallyport.givenConfig" .) -}}
{{- range $key := list "version" "listen" "policy" "ops" -}}
{{- if hasKey $config $key -}}
{{- fail (printf "config.%s is written by the chart; take it out of config" $key) -}}
{{- end -}}
{{- end -}}
{{- if hasKey ($config.audit | default dict) "directory" -}}
{{- fail "config.audit.directory is written by the chart; take it out of config (see audit.persistence)" -}}
{{- end -}}
{{- if not (($config.upstream | default dict).address) -}}
{{- fail "config.upstream.address is missing; set it to host:port of the Temporal frontend" -}}
{{- end -}}
{{- if not $config.issuers -}}
{{- fail "config.issuers is empty; name at least one issuer, such as gitlab" -}}
{{- end -}}
{{- if not .Values.policy -}}
{{- fail "policy is empty; pass --set-file policy=policy.yaml, or write the policy under policy" -}}
{{- end -}}
{{- if and .Values.listen.tlsSecret .Values.listen.plaintext -}}
{{- fail "listen.tlsSecret and listen.plaintext exclude each other; set one of them" -}}
{{- end -}}
{{- if not (or .Values.listen.tlsSecret .Values.listen.plaintext) -}}
{{- fail "listen.tlsSecret is missing; name a kubernetes.io/tls Secret, or set listen.plaintext: true if something in front of the pods ends TLS" -}}
{{- end -}}
{{- if and $config.upstream.plaintext (or .Values.upstream.tlsSecret .Values.upstream.apiKeySecret.name) -}}
{{- fail "config.upstream.plaintext would send upstream.tlsSecret or upstream.apiKeySecret in the clear; set config.upstream.tls: {} instead" -}}
{{- end -}}
{{- if and .Values.caConfigMap.name (not .Values.caConfigMap.keys) -}}
{{- fail "caConfigMap.keys is empty; list the keys of the ConfigMap that are PEM bundles" -}}
{{- end -}}
{{- if le (int .Values.terminationGracePeriodSeconds) (add 25 (int .Values.preStopSleepSeconds) | int) -}}
{{- fail "terminationGracePeriodSeconds must be more than preStopSleepSeconds + 25, the bound on draining" -}}
{{- end -}}
{{- end -}}
