{{- define "sallyport.pod" -}}
{{- with .Values.imagePullSecrets -}}
imagePullSecrets:
  {{- toYaml . | nindent 2 }}
{{ end -}}
serviceAccountName: {{ include "sallyport.serviceAccount" . }}
automountServiceAccountToken: false
enableServiceLinks: false
terminationGracePeriodSeconds: {{ .Values.terminationGracePeriodSeconds }}
securityContext:
  runAsNonRoot: true
  runAsUser: 65532
  runAsGroup: 65532
  # Lets the process read secrets of mode 0440 and write to the audit volume.
  fsGroup: 65532
  fsGroupChangePolicy: OnRootMismatch
  seccompProfile: { type: RuntimeDefault }
containers:
  - name: sallyport
    image: {{ include "sallyport.image" . | quote }}
    imagePullPolicy: {{ .Values.image.pullPolicy }}
    args: [serve, --config, /etc/sallyport/sallyport.yaml]
    {{- with .Values.env }}
    env:
      {{- toYaml . | nindent 6 }}
    {{- end }}
    ports:
      - { name: grpc, containerPort: 7443 }
      - { name: ops, containerPort: 9443 }
    # Repairing the tail of a large journal may take a while; after that, /livez is quick.
    startupProbe:
      httpGet: { path: /livez, port: ops }
      periodSeconds: 2
      failureThreshold: 60
    livenessProbe:
      httpGet: { path: /livez, port: ops }
      periodSeconds: 10
      timeoutSeconds: 3
    readinessProbe:
      httpGet: { path: /readyz, port: ops }
      periodSeconds: 5
      timeoutSeconds: 3
      failureThreshold: 2
    {{- with .Values.preStopSleepSeconds }}
    # The kubelet sleeps, not the container: the image has no shell.
    lifecycle:
      preStop:
        sleep: { seconds: {{ . }} }
    {{- end }}
    securityContext:
      allowPrivilegeEscalation: false
      readOnlyRootFilesystem: true
      capabilities: { drop: [ALL] }
    resources:
      {{- toYaml .Values.resources | nindent 6 }}
    volumeMounts:
      - { name: config, mountPath: /etc/sallyport, readOnly: true }
      - { name: audit, mountPath: /var/lib/sallyport }
volumes:
  - name: config
    projected:
      # 0440; in decimal, since versions of YAML do not agree on octal numbers.
      defaultMode: 288
      sources:
        {{- include "sallyport.configSources" . | nindent 8 }}
  {{- if not .Values.audit.persistence.enabled }}
  - name: audit
    emptyDir: { sizeLimit: {{ .Values.audit.persistence.size | quote }} }
  {{- end }}
topologySpreadConstraints:
  {{- include "sallyport.spread" . | nindent 2 }}
{{- with .Values.priorityClassName }}
priorityClassName: {{ . | quote }}
{{- end }}
{{- with .Values.nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.affinity }}
affinity:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{/* One volume for all that Sallyport reads, so that paths in sallyport.yaml can be relative to it. */}}
{{- define "sallyport.configSources" -}}
- configMap:
    name: {{ include "sallyport.name" . }}
    items:
      - { key: sallyport.yaml, path: sallyport.yaml }
      - { key: policy.yaml, path: policy.yaml }
{{- with .Values.listen.tlsSecret }}
- secret:
    name: {{ . | quote }}
    items:
      - { key: tls.crt, path: listen/tls.crt }
      - { key: tls.key, path: listen/tls.key }
{{- end }}
{{- with .Values.upstream.tlsSecret }}
- secret:
    name: {{ . | quote }}
    items:
      - { key: tls.crt, path: upstream/tls.crt }
      - { key: tls.key, path: upstream/tls.key }
{{- end }}
{{- with .Values.upstream.apiKeySecret }}
{{- if .name }}
- secret:
    name: {{ .name | quote }}
    items:
      - { key: {{ .key | quote }}, path: upstream/api-key }
{{- end }}
{{- end }}
{{- with .Values.caConfigMap }}
{{- if .name }}
- configMap:
    name: {{ .name | quote }}
    items:
      {{- range .keys }}
      - { key: {{ . | quote }}, path: {{ printf "ca/%s" . | quote }} }
      {{- end }}
{{- end }}
{{- end }}
{{- end -}}

{{- define "sallyport.spread" -}}
{{- if .Values.topologySpreadConstraints -}}
{{- toYaml .Values.topologySpreadConstraints -}}
{{- else -}}
{{- range list "kubernetes.io/hostname" "topology.kubernetes.io/zone" }}
- topologyKey: {{ . }}
  maxSkew: 1
  whenUnsatisfiable: ScheduleAnyway
  labelSelector:
    matchLabels:
      {{- include "sallyport.selector" $ | nindent 6 }}
{{- end -}}
{{- end -}}
{{- end -}}
